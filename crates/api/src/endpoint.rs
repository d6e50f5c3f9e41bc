//! What an operation is called and takes; the contract says the rest.

use domain::access::Operation;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::auth::Admit;

/// An operation of the API; declared with [`endpoint!`](crate::endpoint!).
pub trait Endpoint: Sized + 'static {
    /// Its `operationId`, under which the contract, the log and the metrics know it.
    const ID: &'static str;
    /// What a caller needs: a [`Permit`](crate::auth::Permit), or to be [`Anyone`](crate::auth::Anyone).
    type Permit: Admit;
    /// The parameters in its path.
    type Path: DeserializeOwned + 'static;
    /// The parameters in its query.
    type Query: DeserializeOwned + 'static;
    /// Its body.
    type Body: DeserializeOwned + 'static;
    /// The most bytes of its body, where that is more than the settings allow of others.
    const BODY_BYTES: usize = 0;
}

/// An endpoint that carries out an operation of the access matrix.
pub trait Operates: Endpoint {
    /// The operation.
    const OPERATION: Operation;
}

/// No parameters, or no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Nothing {}

/// Declares an endpoint.
///
/// `endpoint!(/// Reads a case. pub GetCase, path = CasePath);` needs the permit of `Operation::GetCase`;
/// `endpoint!(/// Tells its health. pub CheckHealth, open = "checkHealth");` is open to everybody. `path`, `query` and
/// `body`, in this order, name the types of the input; what is left out is [`Nothing`]. `body_bytes` after them lets the
/// body be larger than the settings allow of others.
#[macro_export]
macro_rules! endpoint {
    ($(#[$doc:meta])* $vis:vis $name:ident, open = $id:literal
        $(, path = $path:ty)? $(, query = $query:ty)? $(, body = $body:ty)? $(, body_bytes = $bytes:expr)? $(,)?) => {
        $(#[$doc])*
        #[derive(Debug)]
        $vis struct $name;

        impl $crate::endpoint::Endpoint for $name {
            const ID: &'static str = $id;
            type Permit = $crate::auth::Anyone;
            type Path = $crate::endpoint!(@or $($path)?);
            type Query = $crate::endpoint!(@or $($query)?);
            type Body = $crate::endpoint!(@or $($body)?);
            $(const BODY_BYTES: usize = $bytes;)?
        }
    };
    ($(#[$doc:meta])* $vis:vis $name:ident
        $(, path = $path:ty)? $(, query = $query:ty)? $(, body = $body:ty)? $(, body_bytes = $bytes:expr)? $(,)?) => {
        $(#[$doc])*
        #[derive(Debug)]
        $vis struct $name;

        impl $crate::endpoint::Endpoint for $name {
            const ID: &'static str = ::domain::access::Operation::$name.code();
            type Permit = $crate::auth::Permit<Self>;
            type Path = $crate::endpoint!(@or $($path)?);
            type Query = $crate::endpoint!(@or $($query)?);
            type Body = $crate::endpoint!(@or $($body)?);
            $(const BODY_BYTES: usize = $bytes;)?
        }

        impl $crate::endpoint::Operates for $name {
            const OPERATION: ::domain::access::Operation = ::domain::access::Operation::$name;
        }
    };
    (@or $given:ty) => { $given };
    (@or) => { $crate::endpoint::Nothing };
}
