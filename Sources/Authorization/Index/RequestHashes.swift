/// The hashes by which a request's statements are found, made once a decision.
struct RequestHashes {
    /// Of the whole action in lower case.
    let action: UInt64
    /// Of the action's service prefix in lower case; that of the whole action where it has no colon.
    let service: UInt64
    /// Of each beginning of the resource, by its length; that of length zero is unused.
    let resource: [UInt64]

    init(action: String, resource: String) {
        var hash = TextHash()
        var service: UInt64?
        for byte in action.utf8 {
            if byte == UInt8(ascii: ":"), service == nil { service = hash.mixed }
            hash.add(byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte)
        }
        self.action = hash.mixed
        self.service = service ?? hash.mixed
        let text = resource.utf8.span
        self.resource = Array(unsafeUninitializedCapacity: text.count + 1) { buffer, count in
            var hash = TextHash()
            buffer[0] = hash.mixed
            for index in text.indices {
                hash.add(text[index])
                buffer[index + 1] = hash.mixed
            }
            count = text.count + 1
        }
    }
}
