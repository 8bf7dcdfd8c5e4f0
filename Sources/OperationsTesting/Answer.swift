import Foundation
import Testing

/// The members of an answer in JSON, for tests that look into it.
package struct Answer {
    package let members: [String: Any]

    package init(_ body: [UInt8]) throws {
        let json = body.isEmpty ? [:] : try JSONSerialization.jsonObject(with: Data(body))
        members = try #require(json as? [String: Any])
    }

    private init(_ members: [String: Any]) {
        self.members = members
    }

    package subscript(name: String) -> Any? { members[name] }

    package func text(_ name: String) throws -> String { try #require(members[name] as? String, "\(name)") }
    package func flag(_ name: String) throws -> Bool { try #require(members[name] as? Bool, "\(name)") }
    package func number(_ name: String) throws -> Double { try #require(members[name] as? Double, "\(name)") }

    package func bytes(_ name: String) throws -> [UInt8] {
        try #require(Data(base64Encoded: try text(name)).map { [UInt8]($0) }, "\(name)")
    }

    package func object(_ name: String) throws -> Answer {
        Answer(try #require(members[name] as? [String: Any], "\(name)"))
    }

    package func objects(_ name: String) throws -> [Answer] {
        try #require(members[name] as? [[String: Any]], "\(name)").map { Answer($0) }
    }

    package func texts(_ name: String) throws -> [String] {
        try #require(members[name] as? [String], "\(name)")
    }
}
