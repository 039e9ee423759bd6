using System.Text.Json.Nodes;
using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Models;
using EdgeVision.Module.Live;
using EdgeVision.Onnx;
using EdgeVision.Rollout;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Rollout;

/// <summary>
/// Brings the model that <c>ModelUpdate</c> names to the cameras: fetch, verify, test, shadow, change, watch; and back when it does not keep its promise. One step after the
/// other, each on disk before it is taken.
/// </summary>
internal sealed partial class RolloutLoop(
    RolloutJournal journal, LiveSettings settings, LiveModel model, Reconfiguration node, string device, Outbox outbox, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>Until what a network or disk did not give is asked for again.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMinutes(5);

    private string? _refusedByDisk;
    private string? _notMarked;
    private long? _askedAt;

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            MarkModels();
            if (journal.State.Phase is RolloutPhase.Refused or RolloutPhase.RolledBack) await TellAsync(stopping);
            using var tick = new PeriodicTimer(LookEvery, time);
            do await LookAsync(stopping);
            while (await tick.WaitForNextTickAsync(stopping));
        }
        finally
        {
            // A stop that was asked for is no death.
            if (stopping.IsCancellationRequested && journal.State.AtStop() is var last && last != journal.State) journal.Save(last);
        }
    }

    /// <summary>What a command asks for, in place of the configuration's section until that one changes. Null when it is taken, otherwise why not.</summary>
    public string? Order(JsonObject section, RolloutOptions options)
    {
        var state = journal.State.Forgive(options.Target) with { Order = section, OrderedBeside = Section() };
        // The same once more is a new try.
        if (state.Target == options.Target && !state.IsUnderWay && state.Phase is not RolloutPhase.Live) state = state with { Target = null, Phase = RolloutPhase.Idle };
        return journal.Save(state) ? null : "The data folder does not take it; see the log.";
    }

    /// <summary>The section in force; null when no model but the configuration's is wanted.</summary>
    public RolloutOptions? Wanted()
    {
        var state = journal.State;
        if (state.Order is not { } order || state.OrderedBeside != Section()) return settings.Current.Options.ModelUpdate;
        var tree = ConfigurationTree.Empty().With(new JsonObject { [RolloutOptions.Key] = order.DeepClone() });
        return OptionsReading.Read(tree, static o => o.OptionalSection(RolloutOptions.Key, RolloutOptions.Read)).Options;
    }

    private string Section() => settings.Current.Tree.Section(RolloutOptions.Key)?.ToJsonString() ?? "";

    private async Task LookAsync(CancellationToken stopping)
    {
        var (state, baseModel) = (journal.State, settings.Current.Options.Model);
        if (state.Base != baseModel)
        {
            // Another model in the configuration wins, and looks already.
            state = state.Reset(baseModel) with { Order = null };
            if (!journal.Save(state)) return;
        }

        if (Wanted() is not { } wanted)
        {
            if (state.Target is not null || state.Active is not null) await ReturnAsync(stopping);
            return;
        }

        if (state.Target == wanted.Target && state.Phase is RolloutPhase.Live or RolloutPhase.Refused or RolloutPhase.RolledBack) return;
        if (state.Phase is RolloutPhase.Watching && state.Target == wanted.Target) await WatchAsync(wanted, model.Former ?? new ModelTally(), stopping);
        else if (RolloutCohort.WhyNot(wanted, device, settings.Current.Options.Ring) is { } notHere) await WaitAsync(wanted, notHere, stopping);
        else if (state.Target != wanted.Target || _askedAt is not { } askedAt || time.GetElapsedTime(askedAt) >= AskAgainAfter) await RollAsync(wanted, stopping);
    }

    private async Task WaitAsync(RolloutOptions wanted, string reason, CancellationToken stopping)
    {
        if (journal.State.Phase is RolloutPhase.Watching) await ChangeBackAsync(journal.State.Abandon(), stopping);
        var next = journal.State.Wait(wanted.Target, reason);
        if (next == journal.State || !journal.Save(next)) return;
        await TellAsync(stopping);
    }

    private async Task RollAsync(RolloutOptions wanted, CancellationToken stopping)
    {
        if (journal.State.Phase is RolloutPhase.Watching) await ChangeBackAsync(journal.State.Abandon(), stopping);
        if (!await StepAsync(journal.State.Begin(wanted.Target), stopping)) return;
        if (journal.State.WhyQuarantined(wanted.Target) is { } known)
        {
            await StepAsync(journal.State.Fail(known), stopping);
            return;
        }

        var now = settings.Current;
        var fetch = await ModelSource.FetchAsync(wanted, now, time, log, stopping);
        _askedAt = fetch.IsTemporary ? time.GetTimestamp() : null;
        if (fetch.IsTemporary)
        {
            await WaitAsync(wanted, fetch.Error!, stopping);
            return;
        }

        RolledModel? candidate;
        string? refusal;
        using (fetch.Model)
        {
            if (!await GoesOnAsync(wanted, fetch.Error, RolloutPhase.Verifying, stopping)) return;
            string[] keep = [journal.State.Active?.Reference ?? "", .. now.Model.Store.Find(now.Options.Model) is { } used ? [used.ToString()] : (string[])[]];
            (candidate, refusal) = ModelSource.Take(wanted, fetch.Model!, now, keep);
        }

        if (!await GoesOnAsync(wanted, refusal, RolloutPhase.Testing, stopping)) return;
        journal.Save(journal.State with { Candidate = candidate });
        MarkModels();
        await TryAsync(wanted, RolloutJournal.LocationOf(now, candidate!.Reference), stopping);
    }

    private async Task TryAsync(RolloutOptions wanted, ModelLocation location, CancellationToken stopping)
    {
        if (await RolloutTest.WhyNotAsync(wanted, location, stopping) is { } unfit)
        {
            await StepAsync(journal.State.Fail(unfit), stopping);
            return;
        }

        OnnxModel? opened = null;
        try
        {
            var before = Environment.WorkingSet;
            opened = model.Open(location, settings.Current.Options.Inference);
            var refusal = await RolloutTest.WhyNotAsync(wanted, opened, Environment.WorkingSet - before, time, stopping);
            if (refusal is null && (wanted.Shadow > TimeSpan.Zero || wanted.ShadowFrames > 0)) refusal = await ShadowAsync(wanted, opened, stopping);
            if (!await GoesOnAsync(wanted, refusal, RolloutPhase.Watching, stopping)) return;
            var tally = model.Tally;
            if (await node.ExchangeModelAsync(opened, stopping) is { } sentence)
            {
                await StepAsync(journal.State.Fail(sentence) with { Phase = RolloutPhase.Refused }, stopping);
                return;
            }

            opened = null;
            await WatchAsync(wanted, tally, stopping);
        }
        catch (ModelException e)
        {
            await StepAsync(journal.State.Fail(e.Message), stopping);
        }
        finally
        {
            opened?.Dispose();
        }
    }

    /// <summary>Null when it may go on, or when nothing spoke against it by the time that something else was wanted.</summary>
    private async Task<string?> ShadowAsync(RolloutOptions wanted, OnnxModel candidate, CancellationToken stopping)
    {
        if (!await StepAsync(journal.State.To(RolloutPhase.Shadowing), stopping)) return "The data folder does not take the state.";
        var shadow = new Shadow(candidate, time);
        try
        {
            model.Shadow = shadow;
            var began = time.GetTimestamp();
            using var tick = new PeriodicTimer(LookEvery, time);
            while (IsWanted(wanted) && !IsOver()) await tick.WaitForNextTickAsync(stopping);

            bool IsOver() => (wanted.Shadow > TimeSpan.Zero && time.GetElapsedTime(began) >= wanted.Shadow) || (wanted.ShadowFrames > 0 && shadow.Seen.Frames + shadow.Seen.Failed >= wanted.ShadowFrames);
        }
        finally
        {
            model.Shadow = null;
            await shadow.DisposeAsync();
        }

        var seen = shadow.Seen;
        Compared(log, seen.Frames, seen.Agreement * 100, seen.Both, seen.OnlyFirst, seen.OnlySecond, seen.Inference.First?.TotalMilliseconds ?? 0, seen.Inference.Second?.TotalMilliseconds ?? 0);
        await outbox.AppendAsync(RolloutNews.Compared(journal.State, seen, time.GetUtcNow()), stopping);
        return RolloutJudge.WhyNot(wanted, seen);
    }

    private async Task WatchAsync(RolloutOptions wanted, ModelTally before, CancellationToken stopping)
    {
        var began = time.GetTimestamp();
        using var tick = new PeriodicTimer(LookEvery, time);
        while (IsWanted(wanted))
        {
            if (RolloutJudge.WhyNot(wanted, before, model.Tally) is { } reason)
            {
                await ChangeBackAsync(journal.State.Fail(reason), stopping);
                return;
            }

            if (time.GetElapsedTime(began) >= wanted.Watch)
            {
                await StepAsync(journal.State.Succeed(), stopping);
                return;
            }

            await tick.WaitForNextTickAsync(stopping);
        }
    }

    /// <summary>The last good one looks again, opened anew: keeping it open beside the new one would need the memory of two all the while.</summary>
    private async Task ChangeBackAsync(RolloutState next, CancellationToken stopping)
    {
        if (!await StepAsync(next, stopping)) return;
        if (await OpenInForceAsync(stopping) is { } sentence) NotChanged(log, sentence);
    }

    /// <summary>Nothing else is wanted any more: the configuration's model.</summary>
    private async Task ReturnAsync(CancellationToken stopping)
    {
        var looksElsewhere = journal.State.Active is not null;
        if (!await StepAsync(journal.State.Reset(settings.Current.Options.Model), stopping)) return;
        if (looksElsewhere && await OpenInForceAsync(stopping) is { } sentence) NotChanged(log, sentence);
    }

    private async Task<string?> OpenInForceAsync(CancellationToken stopping)
    {
        try
        {
            var opened = model.Open(settings.Current);
            if (await node.ExchangeModelAsync(opened, stopping) is not { } sentence) return null;
            opened.Dispose();
            return sentence;
        }
        catch (ModelException e)
        {
            return e.Message;
        }
    }

    private bool IsWanted(RolloutOptions wanted) => Wanted()?.Target == wanted.Target && journal.State.Base == settings.Current.Options.Model;

    /// <summary>To the next phase, unless something speaks against it or something else is wanted by now.</summary>
    private async Task<bool> GoesOnAsync(RolloutOptions wanted, string? refusal, RolloutPhase phase, CancellationToken stopping)
    {
        if (refusal is not null) await StepAsync(journal.State.Fail(refusal), stopping);
        return refusal is null && IsWanted(wanted) && await StepAsync(journal.State.To(phase), stopping);
    }

    /// <summary>False when the disk does not take it, and the step must not be taken.</summary>
    private async Task<bool> StepAsync(RolloutState next, CancellationToken stopping)
    {
        if (!journal.Save(next))
        {
            if (_refusedByDisk != next.Target) Waits(log, next.Target ?? "");
            _refusedByDisk = next.Target;
            return false;
        }

        _refusedByDisk = null;
        MarkModels();
        await TellAsync(stopping);
        return true;
    }

    /// <summary>What is not marked may go when the next model needs room; the rollout itself goes on.</summary>
    private void MarkModels()
    {
        var sentence = RolloutMarks.Set(journal.State, settings.Current);
        if (sentence is not null && sentence != _notMarked) NotMarked(log, sentence);
        _notMarked = sentence;
    }

    private async Task TellAsync(CancellationToken stopping)
    {
        var happened = RolloutNews.Of(journal.State, time.GetUtcNow());
        if (happened.Severity is Severity.Info) Steps(log, happened.Message);
        else Fails(log, happened.Message);
        await outbox.AppendAsync(happened, stopping);
    }

    [LoggerMessage(EventIds.RolloutStep, LogLevel.Information, "{Sentence}")]
    private static partial void Steps(ILogger log, string sentence);

    [LoggerMessage(EventIds.RolloutRefused, LogLevel.Warning, "{Sentence}")]
    private static partial void Fails(ILogger log, string sentence);

    [LoggerMessage(EventIds.RolloutWaits, LogLevel.Warning, "The model update {Target} waits until the data folder takes its state.")]
    private static partial void Waits(ILogger log, string target);

    [LoggerMessage(EventIds.ModelsNotMarked, LogLevel.Warning, "The store does not know which models are in use, and may remove them to make room: {Sentence}")]
    private static partial void NotMarked(ILogger log, string sentence);

    [LoggerMessage(EventIds.RolloutNotChanged, LogLevel.Error, "The model that should look cannot be opened, the one before goes on: {Sentence}")]
    private static partial void NotChanged(ILogger log, string sentence);

    [LoggerMessage(EventIds.RolloutCompared, LogLevel.Information,
        "In the shadow: {Frames} frames, {Agreement:0} % of the objects in common ({Both} both, {OnlyOld} only the old model, {OnlyNew} only the new one); {OldMs:0.0} ms and {NewMs:0.0} ms a frame.")]
    private static partial void Compared(ILogger log, long frames, double agreement, long both, long onlyOld, long onlyNew, double oldMs, double newMs);
}
