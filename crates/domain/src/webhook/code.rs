//! The code lists of webhook subscriptions.

use crate::code::codes;

codes! {
    /// The state of a subscription.
    Status {
        /// Its endpoint has not echoed a challenge yet; nothing is sent.
        PendingVerification = "pendingVerification",
        /// What happens is sent.
        Active = "active",
        /// Nothing is sent; its place in the feed is kept.
        Paused = "paused",
        /// Over for good.
        Ended = "ended",
    }
}

codes! {
    /// What can be done with a subscription; the code is the last segment of the operation's path, where it has one.
    Verb {
        /// Subscribe an endpoint.
        Create = "create",
        /// Change its label or types.
        Edit = "edit",
        /// Give it another endpoint.
        MoveEndpoint = "moveEndpoint",
        /// Have the endpoint echo a challenge.
        Verify = "verify",
        /// Stop sending.
        Pause = "pause",
        /// Send again.
        Resume = "resume",
        /// Give it another secret.
        RotateSecret = "rotateSecret",
        /// Send again what came after a place in the feed.
        Replay = "replay",
        /// End it.
        End = "end",
    }
}

codes! {
    /// How messages are signed (Standard Webhooks).
    SignatureScheme {
        /// With a secret that the endpoint knows as well: HMAC-SHA256, signatures `v1`.
        HmacSha256 = "hmacSha256",
        /// With a key whose public half the endpoint knows: Ed25519, signatures `v1a`.
        Ed25519 = "ed25519",
    }
}

codes! {
    /// Why a subscription is paused.
    PauseReason {
        /// Its owner wanted it.
        ByOwner = "byOwner",
        /// The endpoint took a message for three days not.
        Exhausted = "exhausted",
        /// The feed no longer keeps what was not delivered: its owner has to read the lists anew.
        Resynchronise = "resynchronise",
        /// Its client is revoked, or has nothing left of what it had when it subscribed.
        ClientRevoked = "clientRevoked",
    }
}

codes! {
    /// Why a subscription ended.
    EndReason {
        /// Its owner wanted it.
        ByOwner = "byOwner",
        /// The endpoint answered 410.
        Gone = "gone",
    }
}

codes! {
    /// What became of a message.
    DeliveryState {
        /// It is still to be sent.
        Pending = "pending",
        /// The endpoint took it.
        Delivered = "delivered",
        /// It was sent for three days and is kept until the subscription is resumed.
        Failed = "failed",
        /// It is not sent any more: replayed anew, no longer visible, or the subscription ended.
        Superseded = "superseded",
    }
}
