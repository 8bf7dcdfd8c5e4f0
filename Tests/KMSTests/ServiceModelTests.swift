import AWSProtocol
import Foundation
import KMS
import Operations
import Testing

/// Holds the operations against botocore's model of the service, which `make test` provides.
@Suite("The service model of AWS KMS")
struct ServiceModelTests {
    private let model: ServiceModel

    init() throws {
        model = try ServiceModel()
    }

    @Test func `has the operations of our table and no others`() {
        #expect(KMSOperations.table.entries.map(\.name).sorted() == model.operationNames)
    }

    @Test(arguments: KMSOperations.table.entries.map(\.name))
    func `has the members we declare for`(_ operation: String) throws {
        let entry = try #require(KMSOperations.table[operation])
        let differences = try model.differences(from: entry.input, inRequestOf: operation)
        #expect(differences.isEmpty, "\(differences)")
    }

    /// The issue of custom key stores and attestation documents: answered with an error of the service that
    /// the model does not declare for these operations.
    private static let undeclared = "UnsupportedOperationException"

    @Test(arguments: KMSOperations.table.entries.map(\.name))
    func `declares the errors we may answer with for`(_ operation: String) throws {
        let entry = try #require(KMSOperations.table[operation])
        let declared = Set(try model.errors(of: operation))
        let extra = Set(entry.errors).subtracting(declared)
        #expect(
            extra.isSubset(
                of: operation.hasSuffix("CustomKeyStore") || operation.hasSuffix("KeyStores")
                    ? [Self.undeclared] : []
            ),
            "\(extra)"
        )
    }
}

/// The parts of a botocore model that shapes are compared with.
struct ServiceModel {
    private let operations: JSONObject
    private let shapes: JSONObject

    /// Reads the model that the environment names.
    init() throws {
        let path = try #require(
            ProcessInfo.processInfo.environment["STRONGROOM_KMS_MODEL"],
            "STRONGROOM_KMS_MODEL must name botocore's model of kms as JSON: run `make test`"
        )
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        guard case .object(let root) = try JSON.parse(bytes, depthMax: 64),
            case .object(let operations)? = root["operations"], case .object(let shapes)? = root["shapes"]
        else { throw Malformed() }
        self.operations = operations
        self.shapes = shapes
    }

    struct Malformed: Error {}

    var operationNames: [String] { operations.members.map(\.key.text).sorted() }

    func errors(of operation: String) throws -> [String] {
        try object(operations, operation)["errors"]?.elements?.compactMap { error in
            guard case .object(let error) = error else { return nil }
            return error["shape"]?.text
        } ?? []
    }

    func differences(from members: [Member], inRequestOf operation: String) throws -> [String] {
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
            type == expected ? try rest() : ["\(path): declared as \(expected), the model has \(type)"]
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
        return same(range.map { Int64($0.lowerBound) }, number("min"), "min", at: path)
            + same(range.map { Int64($0.upperBound) }, number("max"), "max", at: path)
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
