import Foundation
import Synchronization
import TernCore
import TernFormats

/// Pictures in folders, one folder a class: `cats/1.png`, `cats/2.jpg`, `dogs/1.png`. torchvision's `ImageFolder`.
///
/// ```swift
/// let pets = try ImageFolder(contentsOf: "data/pets")
/// pets.classNames                                     // ["cats", "dogs"]
/// let loader = pets.shuffled(seed: 1).map { (resized($0, to: 64), $1) }.batched(32).prefetched(workers: 2)
/// for batch in loader.results {
///     let (images, labels) = try batch.get()          // uint8 [32, 3, 64, 64], int64 [32]
/// }
/// ```
///
/// An example is a picture, uint8 `[C, H, W]`, and the number of its class, int64 `[]`. Classes are numbered in the
/// order of their names, and examples stand in the order of their paths. Pictures are files that end in `.png`, `.ppm`,
/// `.pgm`, `.jpg` or `.jpeg`, at any depth below the folder of a class; other files, and what begins with a dot, are
/// passed over. A picture is read when it is asked for; see ``Dataset/cached()``.
///
/// The folders may be in a ZIP archive too.
public struct ImageFolder: ClassifiedDataset {
    public typealias Batch = (Tensor, Tensor)
    public typealias Failure = FormatError

    /// The folder or archive.
    public let path: String
    /// The path of each picture within it.
    public let names: [String]
    public let labels: [Int]
    public let classNames: [String]
    /// The channels that pictures are read with.
    public let channels: Image.Channels
    private let archive: ZipArchive?

    /// Finds the pictures in a folder, or in a ZIP archive. None is read.
    ///
    /// - Parameters:
    ///   - path: of the folder or archive.
    ///   - channels: what pictures are turned into, so that all have as many.
    ///   - classNames: the classes in their order; by default the names of all folders, sorted.
    /// - Throws: `FormatError` if there is no such folder or archive, or if a class has no pictures.
    public init(
        contentsOf path: String, channels: Image.Channels = .rgb, classNames: [String]? = nil
    ) throws(FormatError) {
        let found: [String]
        if isFolder(path) {
            archive = nil
            found = try Self.files(in: path)
        } else {
            let archive = try ZipArchive(contentsOf: path)
            self.archive = archive
            found = archive.entries.map(\.name)
        }
        let pictures = found.compactMap(Self.Place.init)
        let classNames = classNames ?? Set(pictures.map(\.folder)).sorted(by: inOrderOfBytes)
        if classNames.isEmpty {
            throw FormatError(path, expected: "a folder of pictures for each class", found: "none")
        }
        let numbers = Dictionary(classNames.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        if numbers.count != classNames.count { mistake("ImageFolder", "expects different classes, got \(classNames)") }
        let places = pictures.filter { numbers[$0.folder] != nil }.sorted { $0.precedes($1) }
        let counts = places.reduce(into: [String: Int]()) { $0[$1.folder, default: 0] += 1 }
        if let empty = classNames.first(where: { counts[$0] == nil }) {
            throw FormatError(path, at: .key(empty), expected: "a folder of pictures", found: "none")
        }
        (self.path, self.channels, self.classNames) = (path, channels, classNames)
        let sorted = places.sorted { numbers[$0.folder]! < numbers[$1.folder]! }
        names = sorted.map(\.name)
        labels = sorted.map { numbers[$0.folder]! }
    }

    public var count: Int { names.count }

    /// Reads a picture.
    ///
    /// - Throws: an error that names the file, if it is no picture.
    public func element(at index: Int) throws(FormatError) -> (Tensor, Tensor) {
        (try image(at: index).pixels, Tensor(Int64(labels[index])))
    }

    /// The picture of an example.
    public func image(at index: Int) throws(FormatError) -> Image {
        checkIndex(index, "ImageFolder")
        let name = path + "/" + names[index]
        guard let archive else { return try Image(contentsOf: name, channels: channels) }
        return try Image(bytes: archive.contents(of: names[index]), name: name, channels: channels)
    }

    /// Where a picture stands.
    private struct Place {
        let name: String
        /// That of its class.
        let folder: String
        /// What is below that: torchvision lists folder by folder.
        let inner: String
        let file: String

        /// Nil for what is no picture in a folder.
        init?(_ name: String) {
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count > 1, !parts.contains(where: { $0.isEmpty || $0.hasPrefix(".") }),
                ["png", "ppm", "pgm", "jpg", "jpeg"].contains(parts.last!.split(separator: ".").last!.lowercased()),
                parts.last!.contains(".")
            else { return nil }
            self.name = name
            folder = String(parts[0])
            inner = parts[1..<parts.count - 1].joined(separator: "/")
            file = String(parts.last!)
        }

        func precedes(_ other: Place) -> Bool {
            if inner != other.inner { return inOrderOfBytes(inner, other.inner) }
            return inOrderOfBytes(file, other.file)
        }
    }

    /// The paths of all files below a folder, those behind symbolic links too, but for what begins with a dot.
    private static func files(in folder: String) throws(FormatError) -> [String] {
        var files: [String] = []
        /// Folders yet to be listed, and where they and those that hold them really are.
        var folders = [(path: "", places: [resolved(folder)])]
        while let (path, places) = folders.popLast() {
            let whole = path.isEmpty ? folder : folder + "/" + path
            let names: [String]
            do {
                names = try FileManager.default.contentsOfDirectory(atPath: whole)
            } catch {
                throw FormatError(whole, expected: "a readable folder", found: reason(error))
            }
            for name in names where !name.hasPrefix(".") {
                let inner = path.isEmpty ? name : path + "/" + name
                if !isFolder(folder + "/" + inner) {
                    files.append(inner)
                    continue
                }
                let place = resolved(folder + "/" + inner)
                if places.contains(place) {
                    throw FormatError(
                        folder + "/" + inner, expected: "a folder of its own", found: "a link back to \(place)")
                }
                folders.append((inner, places + [place]))
            }
        }
        return files
    }

    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }
}

private func inOrderOfBytes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

extension ImageFolder {
    /// Reads some pictures, which must be of one shape `[C, H, W]`, on all threads: uint8 `[N, C, H, W]` and labels
    /// int64 `[N]`.
    ///
    /// - Throws: the error of the first picture that cannot be read or is of another shape.
    func tensors(at indices: [Int], shape: Shape) throws(FormatError) -> (images: Tensor, labels: Tensor) {
        let failure = Mutex<(place: Int, error: FormatError)?>(nil)
        let pieceSize = 64
        let pieces = (indices.count + pieceSize - 1) / pieceSize
        let images = Tensor(shape: Shape([indices.count] + Array(shape)), dtype: .uint8) { bytes in
            nonisolated(unsafe) let memory = bytes
            parallelFor(pieces: pieces, work: indices.count * 50_000) { piece in
                for place in piece * pieceSize..<min((piece + 1) * pieceSize, indices.count) {
                    do throws(FormatError) {
                        let pixels = try image(at: indices[place]).pixels
                        if pixels.shape != shape {
                            throw FormatError(
                                path + "/" + names[indices[place]], expected: "a picture of the shape \(shape)",
                                found: "\(pixels.shape)")
                        }
                        pixels.withUnsafeBytes { source in
                            UnsafeMutableRawBufferPointer(
                                rebasing: memory[place * source.count..<(place + 1) * source.count]
                            )
                            .copyMemory(from: source)
                        }
                    } catch {
                        failure.withLock { first in
                            if place < first?.place ?? .max { first = (place, error) }
                        }
                        return
                    }
                }
            }
        }
        if let (_, error) = failure.withLock({ $0 }) { throw error }
        return (images, Tensor(shape: [indices.count], values: indices.map { Int64(labels[$0]) }))
    }
}
