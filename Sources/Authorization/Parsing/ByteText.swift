/// Whether two strings are the same bytes.
///
/// `String`'s own `==` calls composed and decomposed letters equal; two names that differ in bytes are two
/// names to AWS, so authorization never uses it on text that is not known to be ASCII.
func sameBytes(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
}

/// Whether two strings are the same after lower-casing.
func sameIgnoringCase(_ left: String, _ right: String) -> Bool {
    sameBytes(left, right) || sameBytes(left.lowercased(), right.lowercased())
}
