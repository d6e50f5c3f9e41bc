//! Black-box tests of the API; they are in `http`, this library is empty.
