/// Where secret bytes lie: the heap, or in tests memory that can be looked at after its release.
protocol SecretArena: Sendable {
    func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer
    func deallocate(_ memory: UnsafeMutableRawBufferPointer)
}

/// The ordinary heap.
struct HeapArena: SecretArena {
    func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer {
        .allocate(byteCount: count, alignment: 16)
    }

    func deallocate(_ memory: UnsafeMutableRawBufferPointer) { memory.deallocate() }
}
