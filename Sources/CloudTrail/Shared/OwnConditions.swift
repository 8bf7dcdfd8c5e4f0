import Authorization
import Operations

/// The condition keys of an operation, answered by a function.
struct OwnConditions: ServiceConditions {
    private let answer: @Sendable (ConditionKey) -> ConditionValues?

    init(_ answer: @escaping @Sendable (ConditionKey) -> ConditionValues?) {
        self.answer = answer
    }

    func values(for key: ConditionKey) -> ConditionValues? { answer(key) }
}
