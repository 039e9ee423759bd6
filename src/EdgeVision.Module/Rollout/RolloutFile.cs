using EdgeVision.Rollout;

namespace EdgeVision.Module.Rollout;

/// <summary>The rollout's state on disk, in the data folder.</summary>
internal sealed class RolloutFile(string folder)
{
    private readonly StateFile _file = new(Path.Combine(folder, "rollout.json"), RolloutStateJson.MaxBytes, "the state of the model's rollout");

    /// <summary>Null when there is none; one that cannot be used gives null and a sentence.</summary>
    public RolloutState? Read(out string? error)
    {
        var json = _file.Read(out error);
        if (json is not null && RolloutStateJson.Read(json) is { } state) return state;
        if (json is not null) error = "'rollout.json' in the data folder is not what EdgeVision writes.";
        if (error is not null) error += " The model of the configuration looks; what was being rolled out begins anew.";
        return null;
    }

    /// <summary>On the disk when this returns. Null when it is, otherwise why not.</summary>
    public string? Write(RolloutState state) => _file.Write(RolloutStateJson.Write(state)) is { } error ? $"{error}; no new model is tried until it can." : null;
}
