package import AWSProtocol
import Foundation

/// Gives the flat text of a Query request the types that an operation declares, so that it can be checked like
/// the JSON of any other request.
package enum QueryInput {
    /// The request as a JSON object with the declared members; others are ignored, as AWS ignores them.
    ///
    /// - Throws: `.serialization` for text that is not what its member is: a number, a flag, a date, a list.
    package static func json(
        _ parameters: QueryParameters,
        as members: [Member]
    ) throws(InputFailure) -> JSON {
        var values: [(key: JSONString, value: JSON)] = []
        for member in members {
            guard let place = parameters.children[member.name] else { continue }
            values.append((JSONString(member.name), try value(place, member.shape)))
        }
        return .object(JSONObject(uniqueMembers: values))
    }

    private static func value(_ place: QueryParameters, _ shape: Shape) throws(InputFailure) -> JSON {
        switch shape {
        case .string, .enumeration: return .string(JSONString(try text(place, "a string")))
        case .blob: return .string(JSONString(try text(place, "base64 text")))
        case .integer:
            let text = try text(place, "an integer")
            guard (1...18).contains(text.utf8.count), let integer = Int64(text), !text.hasPrefix("+") else {
                throw .serialization(.expected("an integer"))
            }
            return .number(JSONNumber(integer))
        case .boolean:
            switch try text(place, "a boolean").lowercased() {
            case "true": return .bool(true)
            case "false": return .bool(false)
            default: throw .serialization(.expected("a boolean"))
            }
        case .timestamp:
            guard let date = Timestamp.parseISO8601(try text(place, "a date")) else {
                throw .serialization(.expected("a date in ISO 8601 format"))
            }
            return .number(JSONNumber(date.timeIntervalSince1970))
        case .list(let element, _):
            guard let elements = place.elements else { throw .serialization(.expected("a list")) }
            var values: [JSON] = []
            values.reserveCapacity(elements.count)
            for place in elements { values.append(try value(place, element)) }
            return .array(values)
        case .map: return try map(place)
        case .structure(let members): return try json(place, as: members)
        }
    }

    private static func text(_ place: QueryParameters, _ noun: String) throws(InputFailure) -> String {
        guard let value = place.value, place.children.isEmpty else { throw .serialization(.expected(noun)) }
        return value
    }

    /// A map's entries have a `key` and a `value` each.
    private static func map(_ place: QueryParameters) throws(InputFailure) -> JSON {
        guard let entries = place.elements else { throw .serialization(.expected("a map")) }
        var members: [(key: JSONString, value: JSON)] = []
        var names: Set<String> = []
        for entry in entries {
            guard let key = entry.children["key"]?.value, let value = entry.children["value"]?.value,
                names.insert(key).inserted
            else { throw .serialization(.expected("a map of different keys, each with a value")) }
            members.append((JSONString(key), .string(JSONString(value))))
        }
        return .object(JSONObject(uniqueMembers: members))
    }
}
