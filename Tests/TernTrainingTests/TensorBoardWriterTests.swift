import Foundation
import Tern
import TernTestSupport
import Testing

@Suite struct TensorBoardWriterTests {
    static func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { folder + "/" + $0 }
    }

    static let picture = Tensor(shape: [3, 2, 4], values: (0..<24).map { UInt8($0 * 10) })
    static let values: Tensor = {
        var values: [Double] = []
        for i in 0..<1000 {
            let centred = Double((i * 7919) % 1000 - 500)
            values.append(centred * (i % 5 == 0 ? 1e-7 : 0.01))
        }
        return Tensor(values, dtype: .float64)
    }()

    /// A run of steps 0 to 9 that was interrupted and goes on at step 5.
    static func log(to folder: String) throws {
        let first = try TensorBoardWriter(folder)
        for step in 0..<10 { try first.scalar("loss", 1 / Double(step + 1), step: step) }
        try first.image("picture", picture, step: 3)
        try first.image("batch", stacked([scaled(picture, to: 0...1), Tensor.ones([3, 2, 4])]), step: 3)
        try first.histogram("values", values, step: 4)
        try first.text("note", "# about é")
        try first.flush()
        let second = try TensorBoardWriter(folder, purgeStep: 5)
        try second.scalars(["loss": 0.5, "accuracy": 0.75], step: 5)
        try second.scalar("loss", Float(0.1), step: 6)
    }

    @Test("what is logged is in the files, each event whole at once")
    func contents() throws {
        try withTemporaryFolder { folder in
            try Self.log(to: folder + "/new/run")
            let files = try Self.files(folder + "/new/run")
            #expect(files.count == 2)
            let first = try TensorBoardEventFile(contentsOf: files[0])
            let second = try TensorBoardEventFile(contentsOf: files[1])
            #expect(first.events[0].content == .fileVersion("brain.Event:2"))
            #expect(first.events[4].content == .summary([SummaryValue("loss", .scalar(0.25))]))
            #expect(first.events.map(\.step) == [0] + Array(0..<10) + [3, 3, 4, 0])
            #expect(first.events.last?.content == .summary([SummaryValue("note", .text(["# about é"]))]))
            #expect(second.events.map(\.step) == [5, 5, 5, 6])
            #expect(second.events[1].content == .sessionStart)
            #expect(
                second.events[2].content
                    == .summary([SummaryValue("loss", .scalar(0.5)), SummaryValue("accuracy", .scalar(0.75))]))
            #expect(abs(second.events[3].time - Date().timeIntervalSince1970) < 60)
        }
    }

    @Test("the file is complete up to the last call, without a flush")
    func immediate() throws {
        try withTemporaryFolder { folder in
            let log = try TensorBoardWriter(folder)
            for step in 0..<5 {
                try log.scalar("x", Double(step), step: step)
                let file = try TensorBoardEventFile(contentsOf: log.path)
                #expect(file.events.last?.step == step && file.cutRecordOffset == nil)
            }
        }
    }

    @Test("files made within one second are read in the order in which they were made")
    func order() throws {
        try withTemporaryFolder { folder in
            var paths: [String] = []
            for step in 0..<12 { paths.append(try TensorBoardWriter(folder, purgeStep: step).path) }
            #expect(try Self.files(folder) == paths)
        }
    }

    @Test("several threads write whole records")
    func threads() throws {
        try withTemporaryFolder { folder in
            let log = try TensorBoardWriter(folder)
            DispatchQueue.concurrentPerform(iterations: 200) { step in
                try? log.scalar("x", Double(step), step: step)
            }
            let file = try TensorBoardEventFile(contentsOf: log.path)
            #expect(file.events.dropFirst().map(\.step).sorted() == Array(0..<200))
        }
    }

    @Test("a folder that cannot be made is an error")
    func folder() throws {
        try withTemporaryFolder { folder in
            try write([1], to: folder + "/file")
            let error = #expect(throws: FormatError.self) { try TensorBoardWriter(folder + "/file/run") }
            #expect(error?.file == folder + "/file/run")
            #expect(error?.expected == "a folder that can be made")
        }
    }

    @Test("mistakes say what was expected")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let log = try TensorBoardWriter(FileManager.default.temporaryDirectory.path + "/tern-mistakes")
            try log.image("x", Tensor([1]), step: 0)
        }.expectMessage(
            "TensorBoardWriter.image: expects a picture [C, H, W] or pictures [N, C, H, W], got [1]")
    }

    // MARK: TensorBoard's own reader

    struct Seen: Decodable {
        struct Picture: Decodable {
            let step: Int, width: Int, height: Int
            let png: Data
        }
        struct Histogram: Decodable {
            let step: Int
            let min: Double, max: Double, num: Double, sum: Double
            let limits: [Double], counts: [Double]
            /// Of NumPy, with the same limits.
            let expected: [Double]
        }
        let scalars: [String: [[Double]]]
        let images: [String: [Picture]]
        let histograms: [String: [Histogram]]
        let texts: [String: [String]]
    }

    static let script = """
        import base64, json, sys
        import numpy as np
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
        everything = dict.fromkeys(["scalars", "images", "histograms", "tensors"], 0)
        log = EventAccumulator(sys.argv[1], size_guidance=everything).Reload()
        values = np.array(json.load(open(sys.argv[2])))

        def histogram(event):
            h = event.histogram_value
            # The first limit is the lower one of what follows.
            counts = [0] + np.histogram(values, h.bucket_limit)[0].tolist()
            return dict(step=event.step, min=h.min, max=h.max, num=h.num, sum=h.sum, limits=list(h.bucket_limit),
                        counts=list(h.bucket), expected=counts)

        def image(event):
            png = base64.b64encode(event.encoded_image_string).decode()
            return dict(step=event.step, width=event.width, height=event.height, png=png)

        tags = log.Tags()
        print(json.dumps(dict(
            scalars={tag: [[e.step, e.value] for e in log.Scalars(tag)] for tag in tags["scalars"]},
            images={tag: [image(e) for e in log.Images(tag)] for tag in tags["images"]},
            histograms={tag: [histogram(e) for e in log.Histograms(tag)] for tag in tags["histograms"]},
            texts={tag: [s.decode() for e in log.Tensors(tag) for s in e.tensor_proto.string_val]
                   for tag in log.PluginTagToContent("text")},
        )))
        """

    @Test(
        "TensorBoard's reader sees the scalars, pictures, histograms and text that were logged",
        .enabled(if: Python.has("tensorboard", "numpy"), "TERN_PYTHON names no Python with tensorboard"))
    func tensorBoard() throws {
        try withTemporaryFolder { folder in
            try Self.log(to: folder + "/run")
            let numbers = Self.values.array(of: Double.self)
            try write(JSONEncoder().encode(numbers), to: folder + "/values.json")
            let output = try Python.run(Self.script, [folder + "/run", folder + "/values.json"])
            let seen = try JSONDecoder().decode(Seen.self, from: Data(output.utf8))

            // The steps from 5 on are those of the run that went on.
            let losses = (0..<5).map { Double(1 / Float($0 + 1)) } + [0.5, Double(Float(0.1))]
            #expect(seen.scalars == ["loss": losses.enumerated().map { [Double($0), $1] }, "accuracy": [[5, 0.75]]])

            #expect(seen.images.keys.sorted() == ["batch/0", "batch/1", "picture"])
            for tag in ["picture", "batch/0"] {
                let picture = try #require(seen.images[tag]?.first)
                #expect(picture.step == 3 && picture.width == 4 && picture.height == 2)
                #expect(try PNG.read([UInt8](picture.png), strict: true) == Self.picture)
            }

            let histogram = try #require(seen.histograms["values"]?.first)
            #expect(histogram.step == 4 && histogram.num == 1000)
            #expect(histogram.min == numbers.min() && histogram.max == numbers.max())
            #expect(abs(histogram.sum - numbers.reduce(0, +)) < 1e-9)
            #expect(histogram.counts == histogram.expected)
            #expect(histogram.counts.reduce(0, +) == 1000)
            #expect(SummaryHistogram(of: Self.values).limits == histogram.limits)

            #expect(seen.texts == ["note": ["# about é"]])
        }
    }
}
