import COpenSSL

/// Bytes with one owner, zeroed when the owner lets go of them.
///
/// Not copyable, so the number of copies in memory is the number of owners in the source. It cannot be
/// interpolated into a string: that does not compile. Read it through ``withUnsafeBytes(_:)``, and do not let
/// the pointer leave the closure.
///
/// Unchecked: the memory is written before the value exists and only read afterwards, until its one owner
/// wipes it.
package struct SecretBytes: ~Copyable, @unchecked Sendable {
    // Unchecked: the memory is written only before `init` returns and in `deinit`; in between it is only
    // read.
    private let storage: UnsafeMutableRawBufferPointer
    private let arena: any SecretArena

    /// Makes room for `count` bytes, zeroed, and lets `body` fill it; wipes it too when `body` throws.
    package init<Failure: Error>(
        count: Int,
        initializing body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        try self.init(count: count, in: HeapArena(), initializing: body)
    }

    /// Copies the bytes of a collection; wiping the source stays the caller's duty.
    package init(copying bytes: some Collection<UInt8>) {
        self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// Copies the bytes of an array, without looking for what kind of collection it is.
    package init(copying bytes: [UInt8]) {
        self.init(count: bytes.count) { target in bytes.withUnsafeBytes { target.copyMemory(from: $0) } }
    }

    /// Draws fresh bytes from the operating system's generator, for what is kept long.
    package init(randomCount count: Int) {
        self.init(count: count) { RandomSource.fillFromSystem($0) }
    }

    /// Draws fresh bytes from the thread's pool of them, for the keys of single messages and files.
    package init(pooledRandomCount count: Int) {
        self.init(count: count) { RandomSource.fill($0) }
    }

    /// The same with memory from the given arena, so that a test can look at it after its release.
    init<Failure: Error>(
        count: Int,
        in arena: any SecretArena,
        initializing body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        precondition(count >= 0, "a secret cannot have a negative length")
        let fresh = arena.allocate(count)
        fresh.initializeMemory(as: UInt8.self, repeating: 0)
        do {
            try body(fresh)
        } catch {
            Self.release(fresh, to: arena)
            throw error
        }
        self.storage = fresh
        self.arena = arena
    }

    deinit { Self.release(storage, to: arena) }

    package var count: Int { storage.count }

    /// Gives the bytes to `body`; the pointer dies with the closure.
    package borrowing func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(storage))
    }

    /// Makes a second owner of the same bytes.
    package borrowing func copy() -> SecretBytes {
        SecretBytes(count: count) { $0.copyMemory(from: UnsafeRawBufferPointer(storage)) }
    }

    /// Compares in a time that depends on the lengths only.
    package borrowing func isEqual(to other: borrowing SecretBytes) -> Bool {
        ConstantTime.areEqual(UnsafeRawBufferPointer(storage), UnsafeRawBufferPointer(other.storage))
    }

    private static func release(_ memory: UnsafeMutableRawBufferPointer, to arena: any SecretArena) {
        // OPENSSL_cleanse is built so that no optimiser may drop it as a dead store.
        OPENSSL_cleanse(memory.baseAddress, memory.count)
        arena.deallocate(memory)
    }
}
