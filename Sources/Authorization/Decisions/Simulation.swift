/// What a simulated request assumes beside its context.
package struct Simulation: Sendable {
    /// Values that take the place of whatever the request, its time and its caller would answer.
    package let values: [ConditionKey: ConditionValues]
    /// Whether there is a caller to answer the keys that describe callers; else they have no values unless given.
    package let knowsCaller: Bool

    package init(values: [ConditionKey: ConditionValues] = [:], knowsCaller: Bool = true) {
        self.values = values
        self.knowsCaller = knowsCaller
    }
}
