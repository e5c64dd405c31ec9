import Foundation
import TernCore
import TernFormats
import TernNN

/// What a file says of a model beside its tensors.
struct ModelContent: Codable {
    /// The format that this version writes, and the latest that it reads.
    static let latest = 1

    var format = latest
    var model: LayerRecord
    /// The parameters that are not trained.
    var frozen: [String]
    /// The layers that are in evaluation mode.
    var evaluating: [String]
}

extension ModelFile {
    private static let key = "tern.model"

    /// Reads a file. No layer is made yet.
    ///
    /// - Throws: ``ModelFileError/file(_:)`` and ``ModelFileError/format(file:found:known:)``.
    public init(contentsOf path: String) throws(ModelFileError) {
        let content: ModelContent
        let tensors: [String: Tensor]
        var metadata: [String: String]
        do throws(FormatError) {
            let file = try SafetensorsFile(contentsOf: path)
            metadata = file.metadata
            guard let text = metadata.removeValue(forKey: Self.key) else {
                throw FormatError(
                    path, at: .key(Self.key), expected: "a model of Tern",
                    found: "tensors alone (make the model, and loadStateDictionary)")
            }
            content = try Self.content(text, path)
            tensors = content.format > ModelContent.latest ? [:] : try file.tensors()
        } catch {
            throw .file(error)
        }
        if content.format > ModelContent.latest {
            throw .format(file: path, found: content.format, known: ModelContent.latest)
        }
        self.init(content, tensors, metadata, path)
    }

    static func content(_ text: String, _ path: String) throws(FormatError) -> ModelContent {
        struct Version: Decodable { var format: Int }
        do {
            let data = Data(text.utf8)
            let version = try JSONDecoder().decode(Version.self, from: data).format
            if version > ModelContent.latest {
                return ModelContent(format: version, model: LayerRecord(type: ""), frozen: [], evaluating: [])
            }
            return try JSONDecoder().decode(ModelContent.self, from: data)
        } catch let error as DecodingError {
            throw FormatError(path, at: .key(key), expected: "a model as JSON", found: error.summary)
        } catch {
            throw FormatError(path, at: .key(key), expected: "a model as JSON", found: "something else")
        }
    }

    /// Writes the file, whole or not at all.
    ///
    /// - Throws: ``ModelFileError/file(_:)``; a file that was at `path` is then as it was.
    public func write(to path: String) throws(ModelFileError) {
        do throws(FormatError) {
            var all = metadata
            all[Self.key] = try json(for: path)
            try SafetensorsFile.write(tensors, metadata: all, to: path)
        } catch {
            throw .file(error)
        }
    }
}

extension ModelFile {
    /// What the file's metadata have of the model.
    func json(for path: String = "") throws(FormatError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let content = ModelContent(model: architecture, frozen: frozen, evaluating: evaluating)
        guard let json = try? encoder.encode(content) else {
            throw FormatError(path, expected: "settings that JSON can have", found: "others")
        }
        return String(decoding: json, as: UTF8.self)
    }
}

extension DecodingError {
    /// In few words.
    fileprivate var summary: String {
        let context: Context =
            switch self {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
                .dataCorrupted(let context):
                context
            @unknown default: Context(codingPath: [], debugDescription: "")
            }
        let place = context.codingPath.suffix(6).map {
            $0.intValue.map(String.init) ?? String($0.stringValue.prefix(40))
        }
        if case .keyNotFound(let key, _) = self {
            return "no '\(key.stringValue)' in \(place.isEmpty ? "it" : place.joined(separator: "."))"
        }
        return place.isEmpty ? "text that is not" : "something else at \(place.joined(separator: "."))"
    }
}

// MARK: - As JSON

extension LayerRecord: Codable {
    private enum Keys: String, CodingKey { case type, version, path, settings }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Keys.self)
        self.init(
            type: try fields.decode(String.self, forKey: .type), version: try fields.decode(Int.self, forKey: .version),
            path: try fields.decode(String.self, forKey: .path),
            settings: try fields.decode([String: SettingValue].self, forKey: .settings))
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Keys.self)
        try fields.encode(type, forKey: .type)
        try fields.encode(version, forKey: .version)
        try fields.encode(path, forKey: .path)
        try fields.encode(settings, forKey: .settings)
    }
}

extension SettingValue: Codable {
    private enum Keys: String, CodingKey { case same, type }

    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .absent
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? value.decode(Int.self) {
            self = .integer(number)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if var list = try? decoder.unkeyedContainer() {
            var values: [SettingValue] = []
            while !list.isAtEnd { values.append(try list.decode(SettingValue.self)) }
            self = .list(values)
        } else if let path = try decoder.container(keyedBy: Keys.self).decodeIfPresent(String.self, forKey: .same) {
            self = .same(path: path)
        } else {
            self = .layer(try LayerRecord(from: decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .absent: try value.encodeNil()
        case .flag(let flag): try value.encode(flag)
        case .integer(let number): try value.encode(number)
        case .number(let number): try value.encode(number)
        case .text(let text): try value.encode(text)
        case .list(let values): try value.encode(values)
        case .layer(let record): try value.encode(record)
        case .same(let path): try value.encode(["same": path])
        }
    }
}
