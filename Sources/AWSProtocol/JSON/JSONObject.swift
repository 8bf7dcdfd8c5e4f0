/// The members of a JSON object in the order they were written; no two have the same name.
package struct JSONObject: Sendable {
    package let members: [(key: JSONString, value: JSON)]

    /// The caller has checked that no name occurs twice.
    package init(uniqueMembers members: [(key: JSONString, value: JSON)]) { self.members = members }

    package var count: Int { members.count }

    /// The value of a member; nil when there is none.
    ///
    /// Names are compared one after the other: objects of requests are small, and large ones are walked.
    package subscript(name: String) -> JSON? {
        name.withUTF8Bytes { name in
            for index in members.indices where members[index].key.slice.equals(name) {
                return members[index].value
            }
            return nil
        }
    }

    /// Whether a name occurs more than once.
    static func hasDuplicates(_ members: [(key: JSONString, value: JSON)]) -> Bool {
        var names = Set<JSONString>(minimumCapacity: members.count)
        return !members.allSatisfy { names.insert($0.key).inserted }
    }
}
