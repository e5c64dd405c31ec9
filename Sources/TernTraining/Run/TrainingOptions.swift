import Foundation
import TernCore

/// The options that trainings have in common, and those of a program's own:
///
/// ```swift
/// let options = TrainingOptions("lenet", "Trains LeNet on MNIST.", data: "folder with MNIST's files", epochs: 5)
/// let learningRate = options.double("lr", default: 2e-3, "learning rate of Adam")
/// options.finish()                        // threads and seed are set
/// ...
/// let run = try TrainingRun(options, training)
/// ```
///
/// The ``Arguments/settings``, those of the program's own among them, are what a checkpoint must agree with to go on from it,
/// and what the report shows. How many epochs, threads and where to write is no setting: a training may go on for longer, and
/// elsewhere.
public final class TrainingOptions: Arguments {
    /// `--data`: where the data are.
    public private(set) var data: String?
    /// `--epochs`: passes over the training data.
    public private(set) var epochs = 0
    /// `--batch`: examples a step.
    public private(set) var batchSize = 0
    /// `--seed`: of the weights and of the order of the examples.
    public private(set) var seed: UInt64 = 0
    /// `--threads`: processors to compute on.
    public private(set) var threads = 0
    /// `--checkpoint`: folder to save to.
    public private(set) var checkpoint: String?
    /// `--resume`: whether to go on from the newest checkpoint.
    public private(set) var resume = false
    /// `--save-every`: steps after which to save as well.
    public private(set) var saveEvery = 0
    /// `--verbosity`, or `--dashboard`: how the progress is shown.
    public private(set) var verbosity = Verbosity.bar
    /// `--log`: folder for TensorBoard.
    public private(set) var log: String?
    /// `--report`: the HTML page to write.
    public private(set) var report: String?
    /// `--pictures`: folder for pictures.
    public private(set) var pictures: String?

    /// - Parameters:
    ///   - program: its name, for messages.
    ///   - about: what it does, for the help text.
    ///   - data: what `--data` names, such as "folder with MNIST's files"; without it there is no such option.
    ///   - epochs: unless said otherwise.
    ///   - batchSize: unless said otherwise; `nil` for no such option.
    ///   - words: those of the command line, without the program's name.
    public init(
        _ program: String, _ about: String, data: String? = nil, epochs: Int, batchSize: Int? = nil,
        _ words: [String] = Array(CommandLine.arguments.dropFirst())
    ) {
        super.init(program, about, words)
        if let text = data {
            self.data = string("data", "PATH", text)
            let path = self.data.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
            addSetting("data", .text(path ?? "none"))
        }
        self.epochs = int(
            "epochs", default: epochs, atLeast: 0, isSetting: false, "passes over the training data; 0 only tests")
        if let batchSize { self.batchSize = int("batch", default: batchSize, "examples a step") }
        seed = UInt64(int("seed", default: 1, atLeast: 0, "of the weights and of the order of the examples"))
        threads = int("threads", default: threadCount, isSetting: false, "processors to compute on")
        checkpoint = string("checkpoint", "DIR", "folder to save to after each epoch and on Ctrl-C")
        resume = flag("resume", isSetting: false, "go on from the newest checkpoint, as if nothing had happened")
        saveEvery = int("save-every", default: 0, atLeast: 0, isSetting: false, "save every N steps too; 0 is never")
        let level = int(
            "verbosity", default: Verbosity.bar.rawValue, atLeast: 0, isSetting: false,
            "progress: 0 is none, 1 a bar that grows, 2 a line for each epoch")
        if level > 2 { complain("--verbosity must be 0, 1 or 2, got '\(level)'") }
        verbosity = Verbosity(rawValue: level) ?? .bar
        if flag("dashboard", isSetting: false, "show curves instead") { verbosity = .dashboard }
        log = string("log", "DIR", "folder to log to for TensorBoard")
        report = string("report", "FILE", "HTML page to write about the run at its end")
        pictures = string("pictures", "DIR", "folder to write pictures to")
    }

    /// Ends the program if something is wrong, as for all ``Arguments``; else sets `threadCount` and seeds this thread's
    /// generator. Call it before the model is made.
    public override func finish() {
        if checkpoint == nil {
            if resume { complain("--resume needs --checkpoint DIR") }
            if saveEvery > 0 { complain("--save-every needs --checkpoint DIR") }
        }
        super.finish()
        threadCount = threads
        TernCore.seed(seed)
    }
}
