using System.Text.Json.Nodes;
using EdgeVision.Azure.Hub;
using EdgeVision.Configuration;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Live;

/// <summary>
/// The configuration in force: file, environment and command line, and on top the last layer from the hub that was accepted. An immutable snapshot
/// behind one volatile reference.
/// </summary>
internal sealed partial class LiveSettings
{
    private readonly Settings _local;
    private readonly TwinFile? _file;
    private readonly ILogger _log;
    private volatile Settings _current;

    /// <param name="local">Without the hub.</param>
    /// <param name="file">The last accepted layer; null for a node without a hub.</param>
    /// <param name="log">Told when that cannot be used.</param>
    public LiveSettings(Settings local, TwinFile? file, ILogger log)
    {
        (_local, _current, _file, _log) = (local, local, file, log);
        string? error = null;
        if (file?.Read(out error) is not { } kept)
        {
            if (error is not null) Unusable(log, error);
            return;
        }

        var (settings, mistakes) = local.With(kept.Properties);
        if (settings is null)
        {
            Unusable(log, $"The last configuration from the hub does not fit the configuration file any more ({string.Join(" ", mistakes.Take(3))}); the file's is in force until the hub sends another.");
            return;
        }

        (_current, Accepted) = (settings, kept);
        Kept(log, kept.Version, settings.Version);
    }

    public Settings Current => _current;

    /// <summary>The layer of the hub that is in force; null for none.</summary>
    public DesiredProperties? Accepted { get; private set; }

    /// <summary>What would be in force with this layer; null with everything that is wrong with it. Changes nothing.</summary>
    public (Settings? Next, IReadOnlyList<ConfigurationMistake> Mistakes) Try(JsonObject layer) => _local.With(layer);

    /// <summary>From now on in force, and kept for the next start where the disk allows.</summary>
    public void Accept(Settings next, DesiredProperties layer)
    {
        _current = next;
        Accepted = layer;
        if (_file?.Write(layer) is { } error) NotKept(_log, error);
    }

    /// <summary>Back to what file, environment and command line say: the hub's layer cannot be put in force any more.</summary>
    public void GiveUpLayer(string reason)
    {
        Unusable(_log, $"The last configuration from the hub cannot be put in force ({reason}) The configuration file's is, until the hub sends another.");
        _current = _local;
        Accepted = null;
    }

    [LoggerMessage(EventIds.TwinKept, LogLevel.Information, "The configuration from the hub, version {Version}, is in force as it was accepted last ({ConfigVersion}).")]
    private static partial void Kept(ILogger log, long version, string configVersion);

    [LoggerMessage(EventIds.TwinFileUnusable, LogLevel.Warning, "{Reason}")]
    private static partial void Unusable(ILogger log, string reason);

    [LoggerMessage(EventIds.TwinNotKept, LogLevel.Warning, "{Reason}")]
    private static partial void NotKept(ILogger log, string reason);
}
