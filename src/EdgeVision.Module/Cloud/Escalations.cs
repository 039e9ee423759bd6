using System.Globalization;
using System.Threading.Channels;
using EdgeVision.Azure.Cloud;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Fallback;
using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Module.Privacy;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;

namespace EdgeVision.Module.Cloud;

/// <summary>
/// Asks the cloud about frames that the edge is unsure of. Cameras hand over a picture and go on; one loop asks, and what comes back becomes an event that refines the edge's.
/// </summary>
/// <param name="options">In force; null for a node that asks nobody.</param>
/// <param name="door">By which pixels leave.</param>
/// <param name="outbox">Gets verdicts.</param>
/// <param name="telemetry">Counts everything.</param>
/// <param name="time">Measures deadlines.</param>
/// <param name="log">Hears when the cloud is away, and back.</param>
internal sealed partial class Escalations(Func<CloudModelOptions?> options, PictureDoor door, Outbox outbox, Telemetry telemetry, TimeProvider time, ILogger log)
{
    /// <summary>Questions that wait: a picture each. A slow cloud costs questions, never frames.</summary>
    private const int QueueCapacity = 8;

    private static readonly TimeSpan SettingsPatience = TimeSpan.FromSeconds(1), BreakFor = TimeSpan.FromSeconds(30), ReportAgain = TimeSpan.FromMinutes(10);

    private readonly FallbackPolicy _policy = new(time, Random.Shared.NextDouble, telemetry.Fallback);

    // Capacity 8; full: the newest is not asked, and counted. Any cameras, one reader.
    private readonly Channel<Question> _queue = Channel.CreateBounded<Question>(new BoundedChannelOptions(QueueCapacity) { SingleReader = true });

    private readonly ResiliencePipeline<CloudAnswer> _breaker = new ResiliencePipelineBuilder<CloudAnswer> { TimeProvider = time }.AddCircuitBreaker(new CircuitBreakerStrategyOptions<CloudAnswer>
    {
        ShouldHandle = static a => ValueTask.FromResult(a.Outcome.Exception is not null and not OperationCanceledException || a.Outcome.Result?.Failure is not null),
        FailureRatio = 0.5,
        MinimumThroughput = 3,
        SamplingDuration = TimeSpan.FromMinutes(1),
        BreakDuration = BreakFor,
    }).Build();

    private (string Reason, long At)? _told;
    private long? _pictureTold;

    /// <summary>Somebody may be asked.</summary>
    public bool IsOn => options() is not null;

    public PictureDoor Door => door;

    /// <summary>For one camera.</summary>
    public CameraDoubts Of(string camera, Func<ModelIdentity> model) => new(camera, this, model);

    /// <inheritdoc cref="FallbackPolicy.Decide"/>
    public FallbackReason Decide(string camera, ReadOnlySpan<Detection> found, IReadOnlyList<string> labels, out int subject)
    {
        subject = -1;
        return options() is { } now ? _policy.Decide(now.Fallback, camera, found, labels, out subject) : FallbackReason.None;
    }

    /// <summary>Makes the picture and hands it over; whatever keeps it back is counted.</summary>
    /// <param name="camera">Its name.</param>
    /// <param name="frame">Stays the caller's.</param>
    /// <param name="seen">Its event.</param>
    /// <param name="hidden">See <see cref="PictureDoor.Make"/>.</param>
    /// <param name="reason">Of <see cref="Decide"/>.</param>
    /// <param name="subject">Of <see cref="Decide"/>.</param>
    /// <exception cref="PictureException">It cannot be made.</exception>
    public void Ask(string camera, Frame frame, FrameEvent seen, Box[]? hidden, FallbackReason reason, int subject)
    {
        if (options() is not { } now) return;
        if (door.Make(frame, hidden, new PictureShape(now.Width, now.Quality, null), out var refusal) is not { } picture)
        {
            NoPicture(camera, refusal!);
            return;
        }

        if (!_policy.TrySpend(now.Fallback, camera, reason, picture.Bytes.Length)) return;
        if (!_queue.Writer.TryWrite(new Question(seen, seen.Id, subject, picture.Bytes, frame.Timestamp))) telemetry.Fallback.CountHeldBack(FallbackLimit.Queue);
    }

    public void NoPicture(string camera, string reason)
    {
        telemetry.Fallback.CountHeldBack(FallbackLimit.Picture);
        if (_pictureTold is { } at && time.GetElapsedTime(at) < ReportAgain) return;
        _pictureTold = time.GetTimestamp();
        NotAsked(log, camera, reason);
    }

    /// <summary>Asks, one after the other, as the settings in force say.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            if (options() is not { } now)
            {
                while (_queue.Reader.TryRead(out _)) telemetry.Fallback.CountHeldBack(FallbackLimit.Queue);
                await Task.Delay(SettingsPatience, time, stopping);
                continue;
            }

            try
            {
                using var cloud = new CloudModel(now, time);
                while (Equals(options(), now)) await NextAsync(cloud, now, stopping);
            }
            catch (CloudModelException e)
            {
                Unusable(log, e.Message);
                await Task.Delay(BreakFor, time, stopping);
            }
        }
    }

    /// <summary>One question, or a moment without one: then the settings may have changed.</summary>
    private async Task NextAsync(CloudModel cloud, CloudModelOptions now, CancellationToken stopping)
    {
        if (!_queue.Reader.TryRead(out var question))
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            patience.CancelAfter(SettingsPatience);
            try
            {
                await _queue.Reader.WaitToReadAsync(patience.Token);
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
            {
                // Nobody is unsure.
            }

            return;
        }

        if (time.GetElapsedTime(question.Captured) >= now.Fallback.Deadline && !now.Fallback.KeepLate)
        {
            telemetry.Fallback.CountLate();
            return;
        }

        try
        {
            var asked = time.GetTimestamp();
            var answer = await _breaker.ExecuteAsync(async t => await cloud.AskAsync(question.Jpeg, t), stopping);
            if (answer.Failure is { } failure) Fail(failure);
            else await TakeAsync(question, answer, now.Fallback, time.GetElapsedTime(asked), stopping);
        }
        catch (BrokenCircuitException)
        {
            telemetry.Fallback.CountHeldBack(FallbackLimit.Breaker);
        }
    }

    private async Task TakeAsync(Question question, CloudAnswer answer, FallbackOptions fallback, TimeSpan took, CancellationToken stopping)
    {
        telemetry.Fallback.Latency.Record(took);
        if (_told is not null) Back(log, took.TotalMilliseconds);
        _told = null;
        var isLate = time.GetElapsedTime(question.Captured) > fallback.Deadline;
        if (isLate) telemetry.Fallback.CountLate();
        if (isLate && !fallback.KeepLate) return;
        var verdict = VerdictOf(question, answer, took);
        telemetry.Fallback.CountVerdict(verdict.Verdict!.Outcome);
        await outbox.AppendAsync(verdict, stopping);
    }

    /// <summary>Its boxes are of the picture that was sent; those of an event are of the frame.</summary>
    private static FrameEvent VerdictOf(Question question, CloudAnswer answer, TimeSpan took)
    {
        var seen = question.Seen;
        var (x, y) = ((float)seen.Width / answer.Width, (float)seen.Height / answer.Height);
        Detection[] found = [.. answer.Objects!.Select(d => d with { Box = new Box(d.Box.Left * x, d.Box.Top * y, d.Box.Right * x, d.Box.Bottom * y) })];
        return seen with
        {
            Id = Guid.CreateVersion7(),
            Model = answer.Model!,
            Objects = found,
            Landmarks = [],
            LandmarksPerObject = 0,
            Picture = null,
            Timings = new DetectionTimings(TimeSpan.Zero, took, TimeSpan.Zero),
            Verdict = Verdict.Of(question.Id, seen.Objects, seen.Model.Labels, found, answer.Model!.Labels, question.Subject),
        };
    }

    private void Fail(string reason)
    {
        telemetry.Fallback.CountFailed();
        if (_told is { } told && told.Reason == reason && time.GetElapsedTime(told.At) < ReportAgain) return;
        _told = (reason, time.GetTimestamp());
        Away(log, reason);
    }

    [LoggerMessage(EventIds.CloudAway, LogLevel.Warning, "The cloud gives no verdict: {Reason} The edge goes on by itself; after some failures it is left alone for half a minute.")]
    private static partial void Away(ILogger log, string reason);

    [LoggerMessage(EventIds.CloudBack, LogLevel.Information, "The cloud gives verdicts again, within {Milliseconds:0} ms.")]
    private static partial void Back(ILogger log, double milliseconds);

    [LoggerMessage(EventIds.CloudUnusable, LogLevel.Error, "The cloud cannot be asked: {Reason}")]
    private static partial void Unusable(ILogger log, string reason);

    [LoggerMessage(EventIds.QuestionNotAsked, LogLevel.Warning, "Camera {Camera} cannot ask the cloud: {Reason}")]
    private static partial void NotAsked(ILogger log, string camera, string reason);
}
