using System.Text.Json.Nodes;

namespace EdgeVision.Rollout;

/// <summary>
/// How far the node is with the model that is wanted of it, and which one it looks with: all that must survive a kill. Immutable; each step is a new one, which is on disk
/// before the step is taken, so that whatever ends the process, the next one knows what was tried.
/// </summary>
public sealed record RolloutState
{
    /// <summary>Process lives that may end while a model is tested or watched before it is taken for what ended them.</summary>
    public const int MaxDeaths = 2;

    /// <summary>What is remembered as not usable.</summary>
    public const int MaxQuarantine = 16;

    public static readonly RolloutState Idle = new();

    public RolloutPhase Phase { get; init; }

    /// <summary>What the rollout is to; null before the first.</summary>
    public string? Target { get; init; }

    /// <summary>Of the phase: why refused, or what is waited for.</summary>
    public string? Reason { get; init; }

    /// <summary>The key <c>Model</c> of the configuration that this state builds on: another one there wins over all of it.</summary>
    public string? Base { get; init; }

    /// <summary>The new one, once it is in the store.</summary>
    public RolledModel? Candidate { get; init; }

    /// <summary>The last one that kept its promise; null for that of the configuration.</summary>
    public RolledModel? LastGood { get; init; }

    /// <summary>Process lives that ended without a goodbye since the candidate is tried.</summary>
    public int Deaths { get; init; }

    /// <summary>Newest last.</summary>
    public IReadOnlyList<QuarantinedTarget> Quarantine { get; init; } = [];

    /// <summary>What cameras look with; null for the model of the configuration.</summary>
    public RolledModel? Active => Phase is RolloutPhase.Watching ? Candidate : LastGood;

    /// <summary>The candidate is in the process, and may end it.</summary>
    public bool IsRisky => Phase is RolloutPhase.Testing or RolloutPhase.Shadowing or RolloutPhase.Watching;

    /// <summary>The section that a command asked for, in place of the configuration's; null for none.</summary>
    public JsonObject? Order { get; init; }

    /// <summary>The configuration's section, as text, beside which the order was given: another one there ends the order.</summary>
    public string? OrderedBeside { get; init; }

    /// <summary>Something is under way.</summary>
    public bool IsUnderWay => Phase is RolloutPhase.Fetching or RolloutPhase.Verifying || IsRisky;

    /// <summary>As a process begins: what the one before left, made into something to begin with.</summary>
    /// <param name="baseModel">The key <c>Model</c> as it is now.</param>
    public RolloutState AtStart(string baseModel)
    {
        if (Base is not null && Base != baseModel) return Idle with { Base = baseModel };
        var state = this with { Base = baseModel };
        if (IsRisky && Deaths + 1 >= MaxDeaths)
        {
            var did = Phase is RolloutPhase.Watching ? "looked with it" : "tried it";
            return state.Fail($"The process ended {Deaths + 1} times without a goodbye while it {did}.");
        }

        // A watch goes on with the model it is about; all else is begun anew, and what was fetched is there.
        if (IsRisky) state = state with { Deaths = Deaths + 1 };
        return state.IsUnderWay && Phase is not RolloutPhase.Watching ? state with { Phase = RolloutPhase.Fetching } : state;
    }

    /// <summary>The process says goodbye: it was not the candidate that ended it.</summary>
    public RolloutState AtStop() => IsRisky ? this with { Deaths = 0 } : this;

    public RolloutState Begin(string target) => this with { Phase = RolloutPhase.Fetching, Target = target, Reason = null, Candidate = null, Deaths = Target == target ? Deaths : 0 };

    public RolloutState To(RolloutPhase phase) => this with { Phase = phase, Reason = null };

    /// <summary>It is for others; what it was before, this node goes on with.</summary>
    public RolloutState Wait(string target, string reason) => this with { Phase = RolloutPhase.Waiting, Target = target, Reason = reason, Candidate = null, Deaths = 0 };

    /// <summary>The last good one from now on.</summary>
    public RolloutState Succeed() => this with { Phase = RolloutPhase.Live, Reason = null, LastGood = Candidate, Deaths = 0 };

    /// <summary>Something else is wanted before it could prove itself: nothing is held against it, and the last good one looks.</summary>
    public RolloutState Abandon() => this with { Phase = RolloutPhase.Idle, Target = null, Reason = null, Candidate = null, Deaths = 0 };

    /// <summary>Not usable, and not to be tried again: the last good one looks.</summary>
    public RolloutState Fail(string reason) => this with
    {
        Phase = Phase is RolloutPhase.Watching ? RolloutPhase.RolledBack : RolloutPhase.Refused,
        Reason = reason,
        Candidate = null,
        Deaths = 0,
        Quarantine = Target is null ? Quarantine : [.. Quarantine.Where(q => q.Target != Target).TakeLast(MaxQuarantine - 1), new QuarantinedTarget(Target, reason)],
    };

    /// <summary>Back to the model of the configuration, because nothing else is wanted or the last good one is gone.</summary>
    public RolloutState Reset(string baseModel) => Idle with { Base = baseModel, Quarantine = Quarantine };

    /// <summary>Null when nothing is known against it.</summary>
    public string? WhyQuarantined(string target) => Quarantine.LastOrDefault(q => q.Target == target)?.Reason;

    /// <summary>Somebody wants it tried once more.</summary>
    public RolloutState Forgive(string target) => this with { Quarantine = [.. Quarantine.Where(q => q.Target != target)] };
}
