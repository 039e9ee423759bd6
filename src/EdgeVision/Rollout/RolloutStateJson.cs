using System.Text.Json.Nodes;

namespace EdgeVision.Rollout;

/// <summary>The state as the data folder keeps it.</summary>
public static class RolloutStateJson
{
    /// <summary>A larger file is none of ours.</summary>
    public const int MaxBytes = 256 << 10;

    public static JsonObject Write(RolloutState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new JsonObject
        {
            ["phase"] = WordOf(state.Phase),
            ["target"] = state.Target,
            ["reason"] = state.Reason,
            ["base"] = state.Base,
            ["candidate"] = Write(state.Candidate),
            ["lastGood"] = Write(state.LastGood),
            ["deaths"] = state.Deaths,
            ["quarantine"] = new JsonArray([.. state.Quarantine.Select(static q => new JsonObject { ["target"] = q.Target, ["reason"] = q.Reason })]),
            ["order"] = state.Order?.DeepClone(),
            ["orderedBeside"] = state.OrderedBeside,
        };
    }

    /// <summary>What is not what <see cref="Write(RolloutState)"/> writes gives null: then nothing is known, which is safe.</summary>
    public static RolloutState? Read(JsonObject json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (Text(json, "phase") is not { } word || !TryPhase(word, out var phase)) return null;
        var state = new RolloutState
        {
            Phase = phase,
            Target = Text(json, "target"),
            Reason = Text(json, "reason"),
            Base = Text(json, "base"),
            Candidate = ReadModel(json["candidate"]),
            LastGood = ReadModel(json["lastGood"]),
            Deaths = json["deaths"] is JsonValue deaths && deaths.TryGetValue<int>(out var count) ? Math.Clamp(count, 0, RolloutState.MaxDeaths) : 0,
            Quarantine = json["quarantine"] is JsonArray kept ? [.. kept.OfType<JsonObject>().Select(ReadQuarantined).OfType<QuarantinedTarget>().TakeLast(RolloutState.MaxQuarantine)] : [],
            Order = json["order"] as JsonObject is { } order ? (JsonObject)order.DeepClone() : null,
            OrderedBeside = Text(json, "orderedBeside"),
        };
        var lacks = (state.IsUnderWay && state.Target is null) || (phase is RolloutPhase.Watching && state.Candidate is null);
        return lacks ? null : state;
    }

    /// <summary>As events, reported properties and the file have it.</summary>
    public static string WordOf(RolloutPhase phase) => phase switch
    {
        RolloutPhase.Idle => "idle",
        RolloutPhase.Waiting => "waiting",
        RolloutPhase.Fetching => "fetching",
        RolloutPhase.Verifying => "verifying",
        RolloutPhase.Testing => "testing",
        RolloutPhase.Shadowing => "shadowing",
        RolloutPhase.Watching => "watching",
        RolloutPhase.Live => "live",
        RolloutPhase.Refused => "refused",
        RolloutPhase.RolledBack => "rolledBack",
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, null),
    };

    private static bool TryPhase(string word, out RolloutPhase phase)
    {
        phase = Enum.GetValues<RolloutPhase>().FirstOrDefault(p => WordOf(p) == word);
        return WordOf(phase) == word;
    }

    private static JsonObject? Write(RolledModel? model) =>
        model is null ? null : new JsonObject { ["name"] = model.Name, ["version"] = model.Version, ["sha256"] = model.Sha256 };

    private static RolledModel? ReadModel(JsonNode? node) =>
        node is JsonObject json && Text(json, "name") is { } name && Text(json, "version") is { } version && Text(json, "sha256") is { } sum ? new RolledModel(name, version, sum) : null;

    private static QuarantinedTarget? ReadQuarantined(JsonObject json) => Text(json, "target") is { } target && Text(json, "reason") is { } reason ? new QuarantinedTarget(target, reason) : null;

    private static string? Text(JsonObject json, string key) => json[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
