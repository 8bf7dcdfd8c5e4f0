package import struct Foundation.Date

extension FoundEvent {
    /// What a lookup shows of an event besides its JSON.
    package struct Details: Sendable {
        package struct Resource: Sendable {
            package let type: String?
            package let name: String?
        }

        package let id: String?
        package let name: String?
        package let source: String?
        package let time: Date
        package let isReadOnly: Bool
        package let accessKeyID: String?
        package let username: String?
        package let resources: [Resource]
        package let json: String
    }

    /// Reads the event; its texts come without their escapes.
    package var details: Details {
        json.withUnsafeBytes { json in
            let summary = EventSummary(json)
            return Details(
                id: Self.text(summary.eventID),
                name: Self.text(summary.name),
                source: Self.text(summary.source),
                time: Date(timeIntervalSince1970: Double(place.time)),
                isReadOnly: summary.isReadOnly,
                accessKeyID: Self.text(summary.accessKeyID),
                username: Self.text(summary.username),
                resources: summary.resources.map {
                    Details.Resource(type: Self.text($0.type), name: Self.text($0.name))
                },
                json: String(decoding: json, as: UTF8.self)
            )
        }
    }

    /// Undoes the escapes that ``EventWriter`` makes.
    private static func text(_ bytes: UnsafeRawBufferPointer?) -> String? {
        guard let bytes else { return nil }
        guard bytes.contains(0x5C) else { return String(decoding: bytes, as: UTF8.self) }
        var plain: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] == 0x5C, index + 1 < bytes.count else {
                plain.append(bytes[index])
                index += 1
                continue
            }
            switch bytes[index + 1] {
            case 0x6E: plain.append(0x0A)
            case 0x72: plain.append(0x0D)
            case 0x74: plain.append(0x09)
            case 0x75:
                let digits = String(decoding: bytes[(index + 2)...].prefix(4), as: UTF8.self)
                plain.append(UInt8(digits, radix: 16) ?? 0x3F)
                index += 4
            default: plain.append(bytes[index + 1])
            }
            index += 2
        }
        return String(decoding: plain, as: UTF8.self)
    }
}
