import COpenSSL

/// How long libcrypto can be used.
package enum LibcryptoLifetime {
    /// Keeps libcrypto from freeing its locks and tables in `exit`, while other threads may be in the middle of it: a
    /// command that had done its work would then end with SIGSEGV now and then.
    ///
    /// To be called before anything else uses libcrypto.
    /// Source: OPENSSL_init_crypto(3), `OPENSSL_INIT_NO_ATEXIT`.
    package static func outlastExit() {
        // Fails for want of memory only, which whatever uses libcrypto next finds out for itself.
        _ = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
    }
}
