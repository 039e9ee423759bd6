using EdgeVision.Models;
using EdgeVision.Module.Commands;
using EdgeVision.Module.Rollout;
using EdgeVision.Onnx;
using EdgeVision.Rollout;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Live;

/// <summary>The model in force, opened as the settings say, and the detectors that look with it. Any thread. Disposed after the cameras.</summary>
internal sealed partial class LiveModel : IDisposable
{
    /// <summary>For the frame that a camera looks at when the model changes; one takes a second on the slowest of boards.</summary>
    private static readonly TimeSpan FramePatience = TimeSpan.FromSeconds(10);

    private readonly RolloutJournal _journal;
    private readonly string? _cache;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly List<LiveDetector> _detectors = [];
    private volatile OnnxModel _current;
    private volatile Shadow? _shadow;

    /// <summary>Opens the first. One that the hub asked for and that is not usable any more gives way to the configuration file's.</summary>
    /// <exception cref="ModelException">It cannot be used.</exception>
    /// <exception cref="CommandException">It does not know a class that is asked for.</exception>
    public LiveModel(LiveSettings settings, RolloutJournal journal, string? cache, TimeProvider time, ILogger log)
    {
        (_journal, _cache, _time, _log) = (journal, cache, time, log);
        while (journal.Overrides(settings.Current))
        {
            try
            {
                _current = OpenChecked(settings.Current);
                return;
            }
            catch (Exception e) when (Explained.Says(e) is { } sentence)
            {
                journal.Lose(settings.Current, sentence);
            }
        }

        try
        {
            _current = OpenChecked(settings.Current);
        }
        catch (Exception e) when (settings.Accepted is not null && Explained.Says(e) is { } sentence)
        {
            settings.GiveUpLayer(sentence);
            _current = OpenChecked(settings.Current);
        }
    }

    public OnnxModel Current => _current;

    /// <summary>What the model in force did so far.</summary>
    public ModelTally Tally { get; private set; } = new();

    /// <summary>What the one before it did; null when there was none in this process.</summary>
    public ModelTally? Former { get; private set; }

    /// <summary>Looks at live frames beside it; null for none. Its owner takes it away before disposing it.</summary>
    public Shadow? Shadow
    {
        get => _shadow;
        set => _shadow = value;
    }

    /// <summary>Another one beside it, the caller's.</summary>
    /// <exception cref="ModelException">It cannot be used.</exception>
    public OnnxModel Open(Settings settings) => Open(_journal.LocationOf(settings), settings.Options.Inference);

    /// <inheritdoc cref="Open(Settings)"/>
    public OnnxModel Open(ModelLocation location, OnnxOptions options)
    {
        var package = location.Load();
        ModelAssumptions.Log(_log, package);
        return OnnxModel.Open(package, options, _log, _cache);
    }

    /// <summary>For one camera, which disposes it; it follows every exchange.</summary>
    public LiveDetector CreateDetector()
    {
        lock (_gate)
        {
            var detector = new LiveDetector(this, _current.CreateDetector(_time));
            _detectors.Add(detector);
            return detector;
        }
    }

    /// <summary>From its next frame on every camera looks with <paramref name="next"/>, which is this object's now; when this returns, none looks with the old one, which is gone.</summary>
    public void Exchange(OnnxModel next)
    {
        lock (_gate)
        {
            // All tensors first: then each camera waits for a swap of references and nothing else.
            var made = _detectors.ConvertAll(_ => next.CreateDetector(_time));
            for (var i = 0; i < made.Count; i++)
            {
                if (!_detectors[i].Exchange(made[i], FramePatience)) StillBusy(_log, _current.Package.Identity.Name, FramePatience.TotalSeconds);
            }

            _current.Dispose();
            _current = next;
            (Former, Tally) = (Tally, new ModelTally());
        }
    }

    public void Dispose() => _current.Dispose();

    internal void Forget(LiveDetector detector)
    {
        lock (_gate) _detectors.Remove(detector);
    }

    [LoggerMessage(EventIds.ModelStillBusy, LogLevel.Warning, "A frame has been with model {Model} for {Seconds} s; its camera takes the next model after it.")]
    private static partial void StillBusy(ILogger log, string model, double seconds);

    private OnnxModel OpenChecked(Settings settings)
    {
        var model = Open(settings);
        try
        {
            settings.CheckClasses(model.Package.Identity);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
