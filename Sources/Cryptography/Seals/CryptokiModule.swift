import CPKCS11

/// A loaded PKCS#11 module; all of it blocks, so it runs under ``BlockingWork`` alone.
///
/// It is set up and torn down around each use: a token that was unplugged and plugged in again is then found,
/// and nothing stays logged in.
struct CryptokiModule {
    private let functions: CK_FUNCTION_LIST

    /// Loads the shared library of the module.
    init(path: String) throws(SealError) {
        var reason: UnsafePointer<CChar>?
        guard let list = strongroom_load_cryptoki(path, &reason) else {
            let words = reason.map { String(cString: $0) } ?? "it has no C_GetFunctionList"
            throw .denied(reason: "the PKCS#11 module cannot be loaded: \(words)")
        }
        var functions: UnsafeMutablePointer<CK_FUNCTION_LIST>?
        let answer = CryptokiReturn(code: list(&functions))
        guard answer == .ok, let functions else { throw answer.error("name its functions") }
        guard functions.pointee.version.major == 2 else {
            throw .denied(reason: "\(path) is no module of PKCS#11 version 2")
        }
        self.functions = functions.pointee
    }

    /// Runs `body` logged in to the token with a label.
    func withSession<Value>(
        token label: String,
        pin: SharedSecret,
        _ body: (CryptokiSession) throws(SealError) -> Value
    ) throws(SealError) -> Value {
        let isOurs = try initialize()
        defer { if isOurs { _ = functions.C_Finalize?(nil) } }
        let slot = try slot(ofToken: label)
        var handle: CK_SESSION_HANDLE = 0
        let flags = CK_FLAGS(STRONGROOM_CKF_SERIAL_SESSION | STRONGROOM_CKF_RW_SESSION)
        try check("open a session") { functions.C_OpenSession?(slot, flags, nil, nil, &handle) }
        defer { _ = functions.C_CloseSession?(handle) }
        try logIn(to: handle, pin: pin)
        defer { _ = functions.C_Logout?(handle) }
        return try body(CryptokiSession(functions: functions, handle: handle))
    }

    /// - Returns: Whether this call, and not somebody else's, set the module up.
    private func initialize() throws(SealError) -> Bool {
        var arguments = CK_C_INITIALIZE_ARGS()
        arguments.flags = CK_FLAGS(STRONGROOM_CKF_OS_LOCKING_OK)
        guard let initialize = functions.C_Initialize else { throw Self.incomplete }
        let answer = CryptokiReturn(code: initialize(&arguments))
        if answer == .alreadyInitialized { return false }
        guard answer == .ok else { throw answer.error("be set up") }
        return true
    }

    private func slot(ofToken label: String) throws(SealError) -> CK_SLOT_ID {
        var found: CK_SLOT_ID?
        for slot in try slots() {
            var info = CK_TOKEN_INFO()
            guard functions.C_GetTokenInfo?(slot, &info) == 0,
                info.flags & CK_FLAGS(STRONGROOM_CKF_TOKEN_INITIALIZED) != 0, Self.label(of: info) == label
            else { continue }
            guard info.flags & CK_FLAGS(STRONGROOM_CKF_USER_PIN_LOCKED) == 0 else {
                throw CryptokiReturn(code: 0xA4).error("log in")
            }
            guard found == nil else { throw .denied(reason: "several tokens are labelled '\(label)'") }
            found = slot
        }
        guard let found else { throw .unavailable(reason: "no token labelled '\(label)' is present") }
        return found
    }

    private func slots() throws(SealError) -> [CK_SLOT_ID] {
        var count: CK_ULONG = 0
        try check("list its slots") { functions.C_GetSlotList?(1, nil, &count) }
        guard count > 0 else { return [] }
        guard count <= 4096 else { throw .unavailable(reason: "the module tells of \(count) slots") }
        var slots = [CK_SLOT_ID](repeating: 0, count: Int(count))
        try check("list its slots") { functions.C_GetSlotList?(1, &slots, &count) }
        return Array(slots.prefix(Int(count)))
    }

    private func logIn(to session: CK_SESSION_HANDLE, pin: SharedSecret) throws(SealError) {
        guard let logIn = functions.C_Login else { throw Self.incomplete }
        let answer = pin.withUnsafeBytes { pin in
            // The function only reads the PIN, though its type does not say so.
            let bytes = UnsafeMutableRawPointer(mutating: pin.baseAddress)?
                .bindMemory(to: CK_BYTE.self, capacity: pin.count)
            return CryptokiReturn(
                code: logIn(session, CK_USER_TYPE(STRONGROOM_CKU_USER), bytes, CK_ULONG(pin.count))
            )
        }
        guard answer == .ok || answer == .alreadyLoggedIn else { throw answer.error("log in") }
    }

    /// A token's label without the blanks that fill it up.
    private static func label(of info: CK_TOKEN_INFO) -> String {
        withUnsafeBytes(of: info.label) { bytes in
            let end = bytes.lastIndex { $0 != UInt8(ascii: " ") && $0 != 0 }.map { $0 + 1 } ?? 0
            return String(decoding: bytes[..<end], as: UTF8.self)
        }
    }

    private func check(_ step: String, _ call: () -> CK_RV?) throws(SealError) {
        guard let code = call() else { throw Self.incomplete }
        guard code == CryptokiReturn.ok.code else { throw CryptokiReturn(code: code).error(step) }
    }

    static let incomplete = SealError.denied(reason: "the PKCS#11 module lacks a function")
}
