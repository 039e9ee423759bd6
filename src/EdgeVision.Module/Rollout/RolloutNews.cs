using System.Globalization;
using EdgeVision.Events;
using EdgeVision.Rollout;

namespace EdgeVision.Module.Rollout;

/// <summary>A rollout's steps as events of the node.</summary>
internal static class RolloutNews
{
    public static SystemEvent Of(RolloutState state, DateTimeOffset now) => new()
    {
        Time = now,
        Kind = SystemEventKind.ModelUpdate,
        Level = state.Phase is RolloutPhase.Refused or RolloutPhase.RolledBack ? Severity.Warning : Severity.Info,
        Update = new ModelUpdateStep(RolloutStateJson.WordOf(state.Phase), state.Target, state.Candidate?.Reference ?? (state.Phase is RolloutPhase.Live ? state.LastGood?.Reference : null)),
        Message = SentenceOf(state),
    };

    public static SystemEvent Compared(RolloutState state, Disagreement seen, DateTimeOffset now) => Of(state, now) with
    {
        Message = string.Create(CultureInfo.InvariantCulture,
            $"In the shadow: {seen.Frames} frames, {seen.Agreement * 100:0} % of the objects in common ({seen.Both} both, {seen.OnlyFirst} only the old model, {seen.OnlySecond} only the new one)."),
    };

    private static string SentenceOf(RolloutState state) => state.Phase switch
    {
        RolloutPhase.Idle => "No model update is under way.",
        RolloutPhase.Waiting => $"Model update {state.Target} is not for this node now. {state.Reason}",
        RolloutPhase.Fetching => $"Model update {state.Target} begins: it is fetched.",
        RolloutPhase.Verifying => $"Model update {state.Target}: its sums and manifest are verified.",
        RolloutPhase.Testing => $"Model update {state.Target}: it is tested on pictures whose answer is known.",
        RolloutPhase.Shadowing => $"Model update {state.Target}: it looks at live frames in the shadow.",
        RolloutPhase.Watching => $"Model update {state.Target}: cameras look with it, and it is watched.",
        RolloutPhase.Live => $"Model update {state.Target} has kept its promise and stays.",
        RolloutPhase.Refused => $"Model update {state.Target} is refused, the model before goes on: {state.Reason}",
        RolloutPhase.RolledBack => $"Model update {state.Target} is taken back, the last good model looks again: {state.Reason}",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state.Phase, null),
    };
}
