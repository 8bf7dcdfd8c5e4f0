import AWSProtocol
import Foundation
package import Operations
import Testing

/// The parts of a botocore model that the operations of a service are compared with.
package struct ServiceModel {
    private let operations: JSONObject
    private let shapes: JSONObject

    /// Reads the model that a variable of the environment names.
    package init(namedBy variable: String) throws {
        let path = try #require(
            ProcessInfo.processInfo.environment[variable],
            "\(variable) must name botocore's model of the service as JSON: run `make test`"
        )
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        guard case .object(let root) = try JSON.parse(bytes, depthMax: 64),
            case .object(let operations)? = root["operations"], case .object(let shapes)? = root["shapes"]
        else { throw Malformed() }
        self.operations = operations
        self.shapes = shapes
    }

    /// The model is not of the form that botocore gives it.
    package struct Malformed: Error {}

    /// The names of all operations, sorted.
    package var operationNames: [String] { operations.members.map(\.key.text).sorted() }

    /// The shapes of the errors that the model declares for an operation.
    package func errors(of operation: String) throws -> [String] {
        try object(operations, operation)["errors"]?.elements?.compactMap { error in
            guard case .object(let error) = error else { return nil }
            return error["shape"]?.text
        } ?? []
    }

    /// The codes of the errors that the model declares for an operation, as the Query protocol writes them.
    package func queryErrors(of operation: String) throws -> [String] {
        try errors(of: operation).map { name in
            guard case .object(let error)? = try object(shapes, name)["error"] else { return name }
            return error["code"]?.text ?? name
        }
    }

    /// Whether the model declares an output for an operation.
    package func hasOutput(_ operation: String) throws -> Bool {
        try object(operations, operation)["output"] != nil
    }

    /// How the declared members of a request differ from the model's.
    package func differences(from members: [Member], inRequestOf operation: String) throws -> [String] {
        guard case .object(let input)? = try object(operations, operation)["input"],
            let shape = input["shape"]?.text
        else { return members.isEmpty ? [] : ["the model has no input"] }
        return try differences(of: .structure(members), from: shape, at: operation)
    }

    private func object(_ parent: JSONObject, _ name: String) throws -> JSONObject {
        guard case .object(let object)? = parent[name] else { throw Malformed() }
        return object
    }

    private func differences(of shape: Shape, from name: String, at path: String) throws -> [String] {
        let model = try object(shapes, name)
        let type = model["type"]?.text ?? ""
        func check(_ expected: String, _ rest: () throws -> [String]) rethrows -> [String] {
            let isSame = type == expected || (type == "long" && expected == "integer")
            return isSame ? try rest() : ["\(path): declared as \(expected), the model has \(type)"]
        }
        switch shape {
        case .string(let length, let pattern, _):
            return check("string") {
                bounds(length, model, at: path)
                    + same(pattern?.text, model["pattern"]?.text, "pattern", at: path)
            }
        case .enumeration(let values):
            let modelled = model["enum"]?.elements?.compactMap(\.text) ?? []
            return check("string") {
                Set(values) == Set(modelled) ? [] : ["\(path): values \(values), the model has \(modelled)"]
            }
        case .blob(let length, _): return check("blob") { bounds(length, model, at: path) }
        case .integer(let range): return check("integer") { bounds(range, model, at: path) }
        case .boolean: return check("boolean") { [] }
        case .timestamp: return check("timestamp") { [] }
        case .map: return check("map") { [] }
        case .list(let element, let length):
            return try check("list") {
                guard case .object(let member)? = model["member"], let name = member["shape"]?.text else {
                    throw Malformed()
                }
                return bounds(length, model, at: path)
                    + (try differences(of: element, from: name, at: path + "[]"))
            }
        case .structure(let members):
            return try check("structure") { try differences(of: members, from: model, at: path) }
        }
    }

    private func differences(
        of members: [Member],
        from model: JSONObject,
        at path: String
    ) throws -> [String] {
        let modelled = try object(model, "members")
        let names = Set(members.map(\.name))
        let expected = Set(modelled.members.map(\.key.text))
        var differences = names.symmetricDifference(expected).sorted().map { "\(path): member \($0)" }
        let required = Set(model["required"]?.elements?.compactMap(\.text) ?? [])
        for member in members where expected.contains(member.name) {
            if member.isRequired != required.contains(member.name) {
                differences.append("\(path).\(member.name): required is \(member.isRequired)")
            }
            guard let shape = try object(modelled, member.name)["shape"]?.text else { throw Malformed() }
            differences += try self.differences(of: member.shape, from: shape, at: "\(path).\(member.name)")
        }
        return differences
    }

    private func bounds(_ range: ClosedRange<Int>?, _ model: JSONObject, at path: String) -> [String] {
        func number(_ name: String) -> Int64? {
            guard case .number(let number)? = model[name] else { return nil }
            return number.int64
        }
        // A length of at least nothing is the same as none, and so is one of at most everything.
        let upper = range.flatMap { $0.upperBound == .max ? nil : Int64($0.upperBound) }
        return same(Int64(range?.lowerBound ?? 0), number("min") ?? 0, "min", at: path)
            + same(upper, number("max"), "max", at: path)
    }

    private func same<Value: Equatable>(
        _ declared: Value?,
        _ modelled: Value?,
        _ what: String,
        at path: String
    ) -> [String] {
        declared == modelled
            ? []
            : [
                "\(path): \(what) \(String(describing: declared)), the model has \(String(describing: modelled))"
            ]
    }
}
