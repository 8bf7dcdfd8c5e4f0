/// Requests made ahead of a run, as bytes to be sent.
///
/// The file: for each request its length as four bytes, the least first, and its bytes.
package final class RequestList: @unchecked Sendable {
    // Unchecked: the memory is written in init only, and freed when nobody has the list any more.
    private let memory: UnsafeRawBufferPointer
    private let ranges: [Range<Int>]

    package var count: Int { ranges.count }

    /// - Throws: when the file is empty or a length goes past its end.
    package init(file: some Collection<UInt8>) throws(RequestListFault) {
        let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: file.count, alignment: 16)
        storage.copyBytes(from: file)
        memory = UnsafeRawBufferPointer(storage)
        var ranges: [Range<Int>] = []
        var position = 0
        while position < memory.count {
            let start = position + 4
            guard start <= memory.count else { throw .cut(atByte: position) }
            let length = memory.loadUnaligned(fromByteOffset: position, as: UInt32.self).littleEndian
            guard length > 0, Int(length) <= memory.count - start else { throw .cut(atByte: position) }
            position = start + Int(length)
            ranges.append(start..<position)
        }
        guard !ranges.isEmpty else { throw .empty }
        self.ranges = ranges
    }

    deinit { memory.deallocate() }

    /// One request; valid as long as the list.
    package subscript(index: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: memory[ranges[index]])
    }
}

/// Why a file is no list of requests.
package enum RequestListFault: Error, Hashable, Sendable {
    case empty
    case cut(atByte: Int)
}

extension RequestListFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty: "the file of requests is empty"
        case .cut(let byte): "the file of requests is cut: no whole request begins at byte \(byte)"
        }
    }
}
