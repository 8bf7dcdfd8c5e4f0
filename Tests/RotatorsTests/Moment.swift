import Foundation

/// When everything happens.
let moment = Date(timeIntervalSince1970: 1_800_000_000)
