package import struct Foundation.Date

/// The members of a request after its shape was checked, read by their wire names.
///
/// Asking for a member the operation does not declare, or as another type than it declares, is a mistake in
/// the program and stops it.
package struct Input: Sendable {
    /// A value that has passed its shape.
    package enum Value: Sendable {
        case string(String)
        case blob([UInt8])
        case integer(Int)
        case boolean(Bool)
        case timestamp(Date)
        case list([Value])
        case map([(key: String, value: String)])
        case structure(Input)
    }

    let members: [Member]
    /// Parallel to `members`; nil where the caller sent nothing.
    var values: [Value?]

    init(members: [Member]) {
        self.members = members
        values = Array(repeating: nil, count: members.count)
    }

    /// The input of a request that a service makes itself, of values that have the shapes of their members.
    package init(of members: [Member], _ given: KeyValuePairs<String, Value>) {
        self.init(members: members)
        for (name, value) in given { values[index(of: name)] = value }
    }

    package func string(_ name: String) -> String? {
        switch value(name) {
        case .string(let string): string
        case nil: nil
        default: preconditionFailure("\(name) is not declared as a string")
        }
    }

    package func blob(_ name: String) -> [UInt8]? {
        switch value(name) {
        case .blob(let bytes): bytes
        case nil: nil
        default: preconditionFailure("\(name) is not declared as a blob")
        }
    }

    package func integer(_ name: String) -> Int? {
        switch value(name) {
        case .integer(let integer): integer
        case nil: nil
        default: preconditionFailure("\(name) is not declared as an integer")
        }
    }

    /// Whether the caller sent the member.
    package func has(_ name: String) -> Bool { value(name) != nil }

    /// A flag; absent means false, as in every AWS model.
    package func flag(_ name: String) -> Bool {
        switch value(name) {
        case .boolean(let flag): flag
        case nil: false
        default: preconditionFailure("\(name) is not declared as a boolean")
        }
    }

    package func timestamp(_ name: String) -> Date? {
        switch value(name) {
        case .timestamp(let date): date
        case nil: nil
        default: preconditionFailure("\(name) is not declared as a timestamp")
        }
    }

    /// A list of strings; nil when the caller sent none.
    package func strings(_ name: String) -> [String]? {
        list(name)?.map { element in
            guard case .string(let string) = element else {
                preconditionFailure("\(name) is not declared as a list of strings")
            }
            return string
        }
    }

    /// A list of structures; nil when the caller sent none.
    package func structures(_ name: String) -> [Input]? {
        list(name)?.map { element in
            guard case .structure(let input) = element else {
                preconditionFailure("\(name) is not declared as a list of structures")
            }
            return input
        }
    }

    package func structure(_ name: String) -> Input? {
        switch value(name) {
        case .structure(let input): input
        case nil: nil
        default: preconditionFailure("\(name) is not declared as a structure")
        }
    }

    /// A map in the order it was sent; nil when the caller sent none.
    package func map(_ name: String) -> [(key: String, value: String)]? {
        switch value(name) {
        case .map(let pairs): pairs
        case nil: nil
        default: preconditionFailure("\(name) is not declared as a map")
        }
    }

    /// A required string: its presence was checked with the shape.
    package func requiredString(_ name: String) -> String {
        guard let string = string(name) else { preconditionFailure("\(name) is not declared as required") }
        return string
    }

    /// A required blob: its presence was checked with the shape.
    package func requiredBlob(_ name: String) -> [UInt8] {
        guard let bytes = blob(name) else { preconditionFailure("\(name) is not declared as required") }
        return bytes
    }

    private func list(_ name: String) -> [Value]? {
        switch value(name) {
        case .list(let elements): elements
        case nil: nil
        default: preconditionFailure("\(name) is not declared as a list")
        }
    }

    private func value(_ name: String) -> Value? {
        values[index(of: name)]
    }

    private func index(of name: String) -> Int {
        // The lengths tell most names apart, and comparing texts that are not short is a call.
        let count = name.utf8.count
        guard let index = members.firstIndex(where: { $0.name.utf8.count == count && $0.name == name }) else {
            preconditionFailure("\(name) is not declared")
        }
        return index
    }
}
