//! Asks a running server whether it is ready.

use std::io::{Read as _, Write as _};
use std::net::{Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::Failure;
use crate::routes::BASE_PATH;

const PATIENCE: Duration = Duration::from_secs(5);

/// Asks the server at an address; fails unless it is ready.
pub(super) fn ask(listen: SocketAddr) -> Result<(), Failure> {
    let address = reachable(listen);
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET {BASE_PATH}/health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer)?;
    if answer.ends_with(b" 200") { Ok(()) } else { Err("the server is not ready".into()) }
}

/// Gives an address that this machine reaches a listening socket at.
pub(super) fn reachable(mut listen: SocketAddr) -> SocketAddr {
    if listen.ip().is_unspecified() {
        let loopback = if listen.is_ipv4() { [127, 0, 0, 1].into() } else { Ipv6Addr::LOCALHOST.into() };
        listen.set_ip(loopback);
    }
    listen
}
