import TernCore
import TernFormats

/// Logs a run for TensorBoard: numbers, pictures, histograms and text by step, under names.
///
/// ```swift
/// let log = try TensorBoardWriter("logs/run1")
/// try log.scalar("loss/train", loss.item(), step: 10)
/// try log.image("digits", images, step: 10)
/// try log.histogram("conv1.weight", model.conv1.weight.value, step: 10)
/// try log.text("configuration", "batch size **64**")
/// ```
///
/// `tensorboard --logdir logs` shows all runs below a folder; names before a `/` group what belongs together. Each call
/// writes one record, whole and at once: a crash loses at most the one that is being written. A run that goes on after an
/// interruption says at which step, and what had been logged from there on is dropped. Where steps count from 1:
///
/// ```swift
/// let log = try TensorBoardWriter("logs/run1", purgeStep: training.position.totalSteps + 1)
/// ```
///
/// PyTorch's `SummaryWriter`. May be used from several threads.
public final class TensorBoardWriter: Sendable {
    /// The event file that this run writes.
    public var path: String { events.path }

    private let events: TensorBoardEventWriter

    /// Creates the folder, if it is not there, and an event file in it.
    ///
    /// - Parameters:
    ///   - folder: of the run.
    ///   - purgeStep: what was logged in this folder before, at this step or later, is dropped.
    public init(_ folder: String, purgeStep: Int? = nil) throws(FormatError) {
        events = try TensorBoardEventWriter(folder: folder, purgeStep: purgeStep)
    }

    /// Logs a number, as a float32.
    public func scalar(_ tag: String, _ value: some BinaryFloatingPoint, step: Int) throws(FormatError) {
        try write([SummaryValue(tag, .scalar(Float(value)))], step: step)
    }

    /// Logs several numbers of a step as one record.
    public func scalars(_ values: KeyValuePairs<String, Double>, step: Int) throws(FormatError) {
        try scalars(values.map { ($0.key, $0.value) }, step: step)
    }

    /// The same with numbers that are named elsewhere, such as `Evaluation.values`.
    public func scalars(_ values: [(name: String, value: Double)], step: Int) throws(FormatError) {
        try write(values.map { SummaryValue($0.name, .scalar(Float($0.value))) }, step: step)
    }

    /// Logs a picture `[C, H, W]` or `[H, W]`, or a batch `[N, C, H, W]` as the pictures `tag/0`, `tag/1` ...
    ///
    /// `C` is 1 (grey), 2 (grey and alpha), 3 (RGB) or 4 (RGBA); the values are uint8, or floats in 0...1.
    public func image(_ tag: String, _ image: Tensor, step: Int) throws(FormatError) {
        guard (2...4).contains(image.rank), image.count > 0 else {
            mistake(
                "TensorBoardWriter.image", "expects a picture [C, H, W] or pictures [N, C, H, W], got \(image.shape)")
        }
        let image = withoutGradients { image.detached }
        let pictures = image.rank == 4 ? (0..<image.shape[0]).map { ("\(tag)/\($0)", image[$0]) } : [(tag, image)]
        let values = pictures.map { tag, picture in
            SummaryValue(
                tag,
                .image(
                    SummaryImage(
                        width: picture.shape[picture.rank - 1], height: picture.shape[picture.rank - 2],
                        channels: picture.rank == 3 ? picture.shape[0] : 1, encoded: PNG.encode(picture))))
        }
        try write(values, step: step)
    }

    /// Logs how the elements of a tensor are distributed; those that are infinite or NaN are left out.
    public func histogram(_ tag: String, _ values: Tensor, step: Int) throws(FormatError) {
        try write([SummaryValue(tag, .histogram(SummaryHistogram(of: values)))], step: step)
    }

    /// Logs text, which TensorBoard shows as Markdown.
    public func text(_ tag: String, _ text: String, step: Int = 0) throws(FormatError) {
        try write([SummaryValue(tag, .text([text]))], step: step)
    }

    /// Waits until all that was logged has reached the disk, so that a crash of the machine loses none of it. A crash of
    /// the program does not without it either.
    public func flush() throws(FormatError) { try events.synchronize() }

    private func write(_ values: [SummaryValue], step: Int) throws(FormatError) {
        if values.contains(where: { $0.tag.isEmpty }) {
            mistake("TensorBoardWriter", "expects a tag, got an empty one")
        }
        try events.write(values, step: step)
    }
}
