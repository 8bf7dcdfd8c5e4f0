package import Authorization
package import Operations

/// The condition keys of an operation, answered by a function.
package struct OwnConditions: ServiceConditions {
    private let answer: @Sendable (ConditionKey) -> ConditionValues?

    package init(_ answer: @escaping @Sendable (ConditionKey) -> ConditionValues?) {
        self.answer = answer
    }

    package func values(for key: ConditionKey) -> ConditionValues? { answer(key) }
}
