//! Where a request comes from, as far as failed attempts are counted.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::HttpRequest;

/// Tells the address of the caller.
///
/// `X-Forwarded-For` is believed only as far as trusted proxies wrote it: from the right, the first address that is none
/// of theirs. Of an IPv6 address the network (the first 64 bits) counts, as whoever has one address has them all.
pub(super) fn peer(request: &HttpRequest, trusted_proxies: &[IpAddr]) -> Option<IpAddr> {
    let connected = request.peer_addr()?.ip().to_canonical();
    let forwarded: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let mut caller = connected;
    for address in forwarded.into_iter().rev() {
        if !trusted_proxies.contains(&caller) {
            break;
        }
        let Ok(address) = address.trim().parse::<IpAddr>() else { break };
        caller = address.to_canonical();
    }
    Some(network(caller))
}

fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_a_trusted_proxy_tells_where_a_request_comes_from() {
        let proxy: IpAddr = "10.0.0.1".parse().unwrap();
        for (connected, forwarded, trusted, expected) in [
            ("192.0.2.7:99", None, &[][..], "192.0.2.7"),
            ("192.0.2.7:99", Some("198.51.100.1"), &[], "192.0.2.7"),
            ("192.0.2.7:99", Some("198.51.100.1"), &[proxy], "192.0.2.7"),
            ("10.0.0.1:99", Some("198.51.100.1"), &[proxy], "198.51.100.1"),
            ("10.0.0.1:99", Some("203.0.113.9, 198.51.100.1"), &[proxy], "198.51.100.1"),
            ("10.0.0.1:99", Some("198.51.100.1, 10.0.0.1"), &[proxy], "198.51.100.1"),
            ("10.0.0.1:99", Some("nonsense"), &[proxy], "10.0.0.1"),
            ("[2001:db8:1:2:3:4:5:6]:99", None, &[], "2001:db8:1:2::"),
            ("[::ffff:192.0.2.7]:99", None, &[], "192.0.2.7"),
        ] {
            let mut request = TestRequest::default().peer_addr(connected.parse().unwrap());
            if let Some(forwarded) = forwarded {
                request = request.insert_header(("x-forwarded-for", forwarded));
            }
            let found = peer(&request.to_http_request(), trusted);
            assert_eq!(found, Some(expected.parse().unwrap()), "{connected} {forwarded:?}");
        }
    }
}
