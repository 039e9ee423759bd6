using EdgeVision.Models;
using EdgeVision.Rollout;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Rollout;

/// <summary>The one owner of the rollout's state: what is known of it is on disk. Any thread reads; the start and then the loop write.</summary>
internal sealed partial class RolloutJournal
{
    private readonly RolloutFile _file;
    private readonly ILogger _log;
    private volatile RolloutState _state;

    private RolloutJournal(RolloutFile file, RolloutState state, ILogger log) => (_file, _state, _log) = (file, state, log);

    public RolloutState State => _state;

    /// <summary>As the process begins.</summary>
    /// <param name="dataFolder">Full path.</param>
    /// <param name="settings">In force.</param>
    /// <param name="log">Told of what the process before left.</param>
    public static RolloutJournal Open(string dataFolder, Settings settings, ILogger log)
    {
        var file = new RolloutFile(dataFolder);
        var left = file.Read(out var error);
        if (error is not null) NotUsable(log, error);
        var journal = new RolloutJournal(file, left ?? RolloutState.Idle, log);
        var state = journal.State.AtStart(settings.Options.Model);
        if (state.Phase is RolloutPhase.Refused or RolloutPhase.RolledBack && journal.State.IsRisky) Quarantined(log, state.Target ?? "", state.Reason ?? "");
        // A node that never had a rollout has no file.
        if (left is not null && state != left) journal.Save(state);
        else journal._state = state;
        return journal;
    }

    /// <summary>The model to look with, as the state and the settings say.</summary>
    public ModelLocation LocationOf(Settings settings) =>
        _state is { Active: { } active } state && state.Base == settings.Options.Model ? LocationOf(settings, active.Reference) : settings.Model;

    /// <summary>Of a model in the store. One that has gone from it gives a location where nothing is, for whoever opens it to say so.</summary>
    public static ModelLocation LocationOf(Settings settings, string reference) =>
        settings.Model with { Name = settings.Model.Store.Find(reference)?.Folder ?? reference, Manifest = null };

    /// <summary>True when another than the configuration's model looks, or shall.</summary>
    public bool Overrides(Settings settings) => _state is { Active: not null } state && state.Base == settings.Options.Model;

    /// <summary>The model in force cannot be opened: the one before it takes its place.</summary>
    public void Lose(Settings settings, string sentence)
    {
        var state = _state.Phase is RolloutPhase.Watching ? _state.Fail(sentence) : _state.Reset(settings.Options.Model);
        Quarantined(_log, _state.Target ?? "", sentence);
        Save(state);
    }

    /// <summary>False when the disk refuses it; then nothing has changed, and no step that needs it may be taken.</summary>
    public bool Save(RolloutState state)
    {
        if (_file.Write(state) is { } error)
        {
            NotKept(_log, error);
            return false;
        }

        _state = state;
        return true;
    }

    [LoggerMessage(EventIds.RolloutNotKept, LogLevel.Error, "The rollout's state: {Sentence}")]
    private static partial void NotKept(ILogger log, string sentence);

    [LoggerMessage(EventIds.RolloutFileUnusable, LogLevel.Warning, "The rollout's state: {Sentence}")]
    private static partial void NotUsable(ILogger log, string sentence);

    [LoggerMessage(EventIds.ModelQuarantined, LogLevel.Error, "Model update {Target} is not tried again: {Reason} The last good model looks.")]
    private static partial void Quarantined(ILogger log, string target, string reason);
}
