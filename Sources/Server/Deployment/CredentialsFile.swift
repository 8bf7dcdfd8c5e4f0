import AWSProtocol
package import Cryptography
package import IAM

/// Access keys in the form of AWS's shared credentials file, which every SDK and the AWS CLI read.
package enum CredentialsFile {
    /// A profile with an access key and its secret.
    package static func profile(_ name: String, _ key: IssuedAccessKey) -> Redacted<String> {
        let id = key.id
        return key.secret.exposingSecret { secret in
            Redacted("[\(name)]\naws_access_key_id = \(id)\naws_secret_access_key = \(secret)\n")
        }
    }

    /// Writes the root credentials of a deployment as the default profile, mode 0600.
    ///
    /// The default Region goes into a comment: a credentials file has no other place for it.
    static func write(_ key: IssuedAccessKey, region: Region, to path: String) throws(IAMError) {
        let comment = "# Root credentials of account \(key.owner.account). Region: \(region)\n"
        do throws(FileFailure) {
            try profile("default", key).exposingSecret { profile throws(FileFailure) in
                try DurableFile.replace(at: path, contents: SecretBytes(copying: (comment + profile).utf8))
            }
        } catch {
            throw .publishing(reason: "The root credentials cannot be written: \(error)")
        }
    }

    /// Removes the file that was just written, when the key in it turned out not to exist.
    static func remove(at path: String) throws(IAMError) {
        do throws(FileFailure) {
            try DurableFile.remove(at: path)
        } catch {
            throw .publishing(
                reason: "\(path) holds credentials that do not exist and cannot be removed: \(error)"
            )
        }
    }
}
