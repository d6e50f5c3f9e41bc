//! A line between the program and its database server that a test can cut.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use crate::program::wait_for;

/// Passes on what comes in on an address of its own, as long as it is not cut.
pub struct Line {
    address: SocketAddr,
    server: SocketAddr,
    open: Arc<Open>,
    listening: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Open {
    is_cut: AtomicBool,
    streams: Mutex<Vec<TcpStream>>,
}

impl Line {
    /// Lays a line to the server of a connection URL; gives the URL over it as well.
    pub fn to(url: &str) -> (Self, String) {
        let (before, rest) = url.rsplit_once('@').expect("a URL with a user");
        let (server, after) = rest.split_once('/').expect("a URL with a database");
        let server = server.to_socket_addrs().unwrap().next().expect("a server");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut line = Self { address, server, open: Arc::default(), listening: None };
        line.listens(listener);
        (line, format!("{before}@{address}/{after}"))
    }

    /// Drops every connection and refuses new ones.
    pub fn is_cut(&mut self) {
        let Some(listening) = self.listening.take() else { return };
        self.open.is_cut.store(true, Ordering::SeqCst);
        // Wakes the one who listens; that somebody else did so is as good.
        drop(TcpStream::connect(self.address));
        listening.join().unwrap();
        for stream in self.open.streams.lock().unwrap().drain(..) {
            // One that has ended is not there to be shut down.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Lets connections through again.
    pub fn is_mended(&mut self) {
        self.open.is_cut.store(false, Ordering::SeqCst);
        let listener = wait_for("place to listen", || TcpListener::bind(self.address).ok());
        self.listens(listener);
    }

    fn listens(&mut self, listener: TcpListener) {
        let (open, server) = (Arc::clone(&self.open), self.server);
        self.listening = Some(thread::spawn(move || {
            for caller in listener.incoming() {
                if open.is_cut.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(caller), Ok(server)) = (caller, TcpStream::connect(server)) else { continue };
                open.passes_on(&caller, &server).unwrap();
                open.passes_on(&server, &caller).unwrap();
            }
        }));
    }
}

impl Open {
    fn passes_on(&self, from: &TcpStream, to: &TcpStream) -> io::Result<()> {
        self.streams.lock().unwrap().push(from.try_clone()?);
        let (mut from, mut to) = (from.try_clone()?, to.try_clone()?);
        to.set_nodelay(true)?;
        thread::spawn(move || {
            // However it ends, both sides are to know.
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
            let _ = from.shutdown(Shutdown::Both);
        });
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.is_cut();
    }
}
