/// A type that holds a secret and shows none of it in text, in a debugger or in `dump`.
package protocol SecretBearing: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension SecretBearing {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    // Without a mirror of its own, `dump` walks the stored properties down to the libraries' buffers.
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
