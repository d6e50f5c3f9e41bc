//! Where requests may go: by the text of an address, and by the address that a name leads to.

use std::net::IpAddr;

use reqwest::Url;

use super::network::{Network, is_private, is_public, plain};
use crate::config::Webhooks;

/// The longest address.
const LONGEST: usize = 2_000;

/// Decides where requests may go.
#[derive(Debug, Clone)]
pub struct Guard {
    hosts: Vec<String>,
    ports: Vec<u16>,
    networks: Vec<Network>,
    loopback: bool,
}

/// What is wrong with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrlFault {
    /// It is no address, or too long.
    Malformed,
    /// It is not `https`.
    Scheme,
    /// It holds a user name or password.
    Credentials,
    /// It has a fragment, which nobody is sent.
    Fragment,
    /// Its port is not among those allowed.
    Port,
    /// Its host is one that may not be reached.
    Host,
}

impl Guard {
    /// Makes the guard of the settings.
    pub fn new(settings: &Webhooks) -> Self {
        Self {
            hosts: settings.allowed_hosts.iter().map(|host| host.to_ascii_lowercase()).collect(),
            ports: settings.allowed_ports.clone(),
            networks: settings.allowed_networks.clone(),
            loopback: settings.loopback,
        }
    }

    /// Checks an address as far as its text tells; what a name leads to is checked when it is connected to.
    pub fn check(&self, text: &str) -> Result<Url, UrlFault> {
        if text.len() > LONGEST || text.chars().any(char::is_whitespace) {
            return Err(UrlFault::Malformed);
        }
        let url = Url::parse(text).map_err(|_| UrlFault::Malformed)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(UrlFault::Scheme);
        }
        // What the parser makes of it: decimal, octal and hexadecimal spellings are an address by now.
        let host = url.host_str().ok_or(UrlFault::Malformed)?.trim_end_matches('.').to_ascii_lowercase();
        let address: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        let is_local = host == "localhost" || host.ends_with(".localhost");
        let is_loopback = address.map_or(is_local, |address| plain(address).is_loopback());
        if url.scheme() == "http" && !(self.loopback && is_loopback) {
            return Err(UrlFault::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlFault::Credentials);
        }
        if url.fragment().is_some() {
            return Err(UrlFault::Fragment);
        }
        let may_reach = match address {
            Some(address) => self.may_reach(None, address),
            None => self.loopback || !is_local || self.hosts.contains(&host),
        };
        if !may_reach {
            return Err(UrlFault::Host);
        }
        let port = url.port_or_known_default().unwrap_or_default();
        if !(self.ports.contains(&port) || (self.loopback && is_loopback)) {
            return Err(UrlFault::Port);
        }
        Ok(url)
    }

    /// Tells whether an address may be reached, by the name that led to it.
    pub fn may_reach(&self, host: Option<&str>, address: IpAddr) -> bool {
        let address = plain(address);
        let is_named = || {
            host.is_some_and(|host| {
                let host = host.trim_end_matches('.').to_ascii_lowercase();
                self.hosts.contains(&host)
            })
        };
        is_public(address)
            || self.networks.iter().any(|network| network.contains(address))
            || (self.loopback && address.is_loopback())
            || (is_private(address) && is_named())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn guard(settings: &str) -> Guard {
        let settings = format!("[webhooks]\n{settings}");
        Guard::new(&Config::read(settings.parse().unwrap(), []).unwrap().webhooks)
    }

    #[test]
    fn an_address_is_https_of_a_public_host_on_the_usual_port() {
        let guard = guard("");
        let check = |text: &str| guard.check(text).err();
        for good in [
            "https://hooks.example/",
            "https://HOOKS.example:443/a?b=c",
            "https://1.1.1.1/",
            "https://[2606:4700::1111]/x",
        ] {
            assert_eq!(check(good), None, "{good}");
        }
        for (bad, fault) in [
            ("hooks.example", UrlFault::Malformed),
            ("https://", UrlFault::Malformed),
            ("https://a b/", UrlFault::Malformed),
            ("http://hooks.example/", UrlFault::Scheme),
            ("http://127.0.0.1/", UrlFault::Scheme),
            ("ftp://hooks.example/", UrlFault::Scheme),
            ("file:///etc/passwd", UrlFault::Scheme),
            ("https://user:pw@hooks.example/", UrlFault::Credentials),
            ("https://user@hooks.example/", UrlFault::Credentials),
            ("https://hooks.example/#a", UrlFault::Fragment),
            ("https://hooks.example:22/", UrlFault::Port),
            ("https://localhost/", UrlFault::Host),
            ("https://a.localhost./", UrlFault::Host),
            ("https://127.0.0.1/", UrlFault::Host),
            ("https://127.1/", UrlFault::Host),
            ("https://2130706433/", UrlFault::Host),
            ("https://0x7f000001/", UrlFault::Host),
            ("https://0177.0.0.1/", UrlFault::Host),
            ("https://[::1]/", UrlFault::Host),
            ("https://[::ffff:127.0.0.1]/", UrlFault::Host),
            ("https://[::ffff:a9fe:a9fe]/", UrlFault::Host),
            ("https://[64:ff9b::10.0.0.1]/", UrlFault::Host),
            ("https://[2002:7f00:1::]/", UrlFault::Host),
            ("https://169.254.169.254/latest/meta-data", UrlFault::Host),
            ("https://10.0.0.1/", UrlFault::Host),
            ("https://１２７.0.0.1/", UrlFault::Host),
        ] {
            assert_eq!(check(bad), Some(fault), "{bad}");
        }
        assert_eq!(check(&format!("https://hooks.example/{}", "a".repeat(2_000))), Some(UrlFault::Malformed));
    }

    #[test]
    fn an_operator_allows_hosts_ports_and_networks() {
        let guard = guard(
            "allowed_hosts = ['Hooks.Stad.example']\nallowed_ports = ['443', '8443']\nallowed_networks = ['10.20.0.0/16']",
        );
        let may = |host: Option<&str>, address: &str| guard.may_reach(host, address.parse().unwrap());
        assert_eq!(guard.check("https://10.20.1.1:8443/").err(), None);
        assert_eq!(guard.check("https://10.21.1.1/").err(), Some(UrlFault::Host));
        assert_eq!(guard.check("https://hooks.stad.example:9443/").err(), Some(UrlFault::Port));
        assert!(may(Some("hooks.stad.example."), "192.168.3.4") && may(None, "::ffff:10.20.0.9"));
        assert!(!may(Some("other.stad.example"), "192.168.3.4"));
        for never in ["169.254.169.254", "127.0.0.1", "fd00:ec2::254", "0.0.0.0", "224.0.0.1"] {
            assert!(!may(Some("hooks.stad.example"), never), "{never}");
        }
    }

    #[test]
    fn plain_http_goes_to_this_machine_only_and_only_where_that_is_allowed() {
        let guard = guard("loopback = 'allowed'");
        for good in
            ["http://127.0.0.1:8081/", "http://localhost:9/", "http://[::1]:80/", "https://localhost/"]
        {
            assert_eq!(guard.check(good).err(), None, "{good}");
        }
        assert_eq!(guard.check("http://hooks.example/").err(), Some(UrlFault::Scheme));
        assert_eq!(guard.check("http://10.0.0.1/").err(), Some(UrlFault::Scheme));
        assert_eq!(guard.check("https://10.0.0.1/").err(), Some(UrlFault::Host));
    }
}
