import COpenSSL
import Glibc

/// Random bytes of the operating system, drawn 4 KiB at a time by each thread.
///
/// A system call for each nonce would cost more than the encryption it is for. Bytes are wiped from the pool
/// as they leave it, so it never tells what was drawn; what it holds is what will be drawn next. Whoever could read
/// that could read the keys that data keys are wrapped with, so data keys come from here too; what is kept for years
/// comes from ``SecretBytes/init(randomCount:)``. A process that forks and goes on in both halves would hand out the
/// same bytes twice; this server does not fork.
package enum RandomSource {
    /// Fills a buffer; requests of more than a quarter of the pool go straight to the operating system.
    package static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        if buffer.count > RandomPool.capacityBytes / 4 {
            fillFromSystem(buffer)
        } else {
            RandomPool.ofThisThread.take(into: buffer)
        }
    }

    /// Gives fresh random bytes; for secrets use ``SecretBytes``.
    package static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            fill(UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
    }

    /// Fills a buffer with `getrandom(2)`, which waits until the kernel's generator is seeded.
    static func fillFromSystem(_ buffer: UnsafeMutableRawBufferPointer) {
        var rest = UnsafeMutableRawBufferPointer(rebasing: buffer[...])
        while !rest.isEmpty {
            // A signal may end a long call early, or before it gave anything.
            let given = getrandom(rest.baseAddress, rest.count, 0)
            precondition(given > 0 || errno == EINTR, "the operating system gives no random bytes")
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[max(given, 0)...])
        }
    }
}

/// One thread's store of random bytes; never shared, so it needs no lock.
private final class RandomPool {
    static let capacityBytes = 4096

    private let storage = UnsafeMutableRawBufferPointer.allocate(
        byteCount: capacityBytes,
        alignment: 16
    )
    private var used = capacityBytes

    deinit {
        OPENSSL_cleanse(storage.baseAddress, storage.count)
        storage.deallocate()
    }

    func take(into buffer: UnsafeMutableRawBufferPointer) {
        if used + buffer.count > Self.capacityBytes {
            RandomSource.fillFromSystem(storage)
            used = 0
        }
        let taken = UnsafeMutableRawBufferPointer(rebasing: storage[used..<(used + buffer.count)])
        buffer.copyMemory(from: UnsafeRawBufferPointer(taken))
        OPENSSL_cleanse(taken.baseAddress, taken.count)
        used += buffer.count
    }

    /// The pool of the calling thread, made at first use and wiped when the thread ends.
    static var ofThisThread: RandomPool {
        if let known = pthread_getspecific(slot) {
            return Unmanaged<RandomPool>.fromOpaque(known).takeUnretainedValue()
        }
        let fresh = RandomPool()
        let status = pthread_setspecific(slot, Unmanaged.passRetained(fresh).toOpaque())
        precondition(status == 0, "no memory for a thread's random bytes")
        return fresh
    }

    private static let slot: pthread_key_t = {
        var key = pthread_key_t()
        let status = pthread_key_create(&key) { pointer in
            guard let pointer else { return }
            Unmanaged<RandomPool>.fromOpaque(pointer).release()
        }
        precondition(status == 0, "no thread-local slot is left for random bytes")
        return key
    }()
}
