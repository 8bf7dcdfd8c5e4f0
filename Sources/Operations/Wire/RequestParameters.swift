import AWSProtocol

/// The `requestParameters` of an audit event: what the caller sent, without blobs and secrets.
enum RequestParameters {
    static func render(_ input: Input) -> [UInt8] {
        var json = JSONWriter()
        write(input, into: &json)
        return json.bytes
    }

    private static func write(_ input: Input, into json: inout JSONWriter) {
        json.beginObject()
        for index in input.values.indices {
            guard let value = input.values[index], isShown(input.members[index].shape) else { continue }
            json.name(input.members[index].camelName)
            write(value, into: &json)
        }
        json.endObject()
    }

    private static func isShown(_ shape: Shape) -> Bool {
        switch shape {
        case .blob: false
        case .string(_, _, let isSensitive): !isSensitive
        case .list(let element, _): isShown(element)
        case .enumeration, .integer, .boolean, .timestamp, .map, .structure: true
        }
    }

    private static func write(_ value: Input.Value, into json: inout JSONWriter) {
        switch value {
        case .string(let text): json.string(text)
        case .blob: json.null()
        case .integer(let integer): json.integer(Int64(integer))
        case .boolean(let flag): json.bool(flag)
        case .timestamp(let date): json.string(Timestamp.cloudTrail(date))
        case .structure(let input): write(input, into: &json)
        case .list(let elements):
            json.beginArray()
            for element in elements { write(element, into: &json) }
            json.endArray()
        case .map(let pairs):
            json.beginObject()
            for (key, value) in pairs {
                json.name(key)
                json.string(value)
            }
            json.endObject()
        }
    }
}
