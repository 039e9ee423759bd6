using System.Diagnostics;
using System.Text;
using EdgeVision.Delivery;
using EdgeVision.Events.Presets;
using EdgeVision.IntegrationTests.Mqtt;
using EdgeVision.Module.Webhooks;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Webhooks;

public sealed class WebhookSinkTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<int, DeliveryOutcome> Singles => new()
    {
        { 200, DeliveryOutcome.Accepted },
        { 202, DeliveryOutcome.Accepted },
        { 204, DeliveryOutcome.Accepted },
        { 301, DeliveryOutcome.RetryLater },
        { 307, DeliveryOutcome.RetryLater },
        { 400, DeliveryOutcome.Rejected },
        { 401, DeliveryOutcome.RetryLater },
        { 404, DeliveryOutcome.RetryLater },
        { 408, DeliveryOutcome.RetryLater },
        { 413, DeliveryOutcome.Rejected },
        { 422, DeliveryOutcome.Rejected },
        { 425, DeliveryOutcome.RetryLater },
        { 429, DeliveryOutcome.RetryLater },
        { 500, DeliveryOutcome.RetryLater },
        { 503, DeliveryOutcome.RetryLater },
    };

    [Theory]
    [MemberData(nameof(Singles))]
    public async Task What_comes_next_is_decided_by_the_class_of_the_answer(int code, DeliveryOutcome outcome)
    {
        using var receiver = Receiver.Start(_ => code);
        await using var sink = Sink(receiver);

        var result = await sink.SendAsync(Some.Entries(1), Stop);

        Assert.Equal(outcome, result.Outcome);
        Assert.Single(receiver.Requests);
        if (outcome is not DeliveryOutcome.Accepted) Assert.Contains($"{code}", result.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Reason ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_go_as_a_batch_of_cloudevents_in_order()
    {
        using var receiver = Receiver.Start(_ => 200);
        await using var sink = Sink(receiver, o => o with { BatchSize = 4 });

        Assert.Equal(DeliveryResult.All(10), await sink.SendAsync(Some.Entries(10), Stop));

        Assert.Equal([4, 4, 2], receiver.Requests.Select(r => r.Sequences.Count));
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (long)i), receiver.Requests.SelectMany(r => r.Sequences));
        Assert.All(receiver.Requests, r => Assert.Equal(("/hook", "application/cloudevents-batch+json; charset=utf-8", null), (r.Path, r.ContentType, r.Signature)));
    }

    [Fact]
    public async Task A_preset_is_plain_json()
    {
        using var receiver = Receiver.Start(_ => 200);
        await using var sink = Sink(receiver, o => o with { Preset = EventPreset.Compact });

        await sink.SendAsync(Some.Entries(1), Stop);

        Assert.Equal("application/json; charset=utf-8", Assert.Single(receiver.Requests).ContentType);
    }

    /// <summary>The verifier of docs/events.md, as it stands there, run by the Python of this machine.</summary>
    [Fact]
    public async Task The_verifier_in_the_documentation_accepts_what_is_sent_and_nothing_else()
    {
        Mosquitto.Require("python3", "python3");
        using var folder = new TempFolder();
        var secret = Path.Combine(folder.Path, "secret");
        await File.WriteAllTextAsync(secret, "geheim-ü\nmore\n", Stop);
        using var receiver = Receiver.Start(_ => 200);
        await using var sink = new WebhookSink(new WebhookOptions { Url = receiver.Url, SecretFile = secret }, TimeProvider.System);
        Assert.Equal(DeliveryResult.All(2), await sink.SendAsync(Some.Entries(2), Stop));
        var posted = Assert.Single(receiver.Requests);

        Assert.Equal("True", await VerifyAsync("geheim-ü", posted));
        Assert.Equal("False", await VerifyAsync("geheim", posted));
        Assert.Equal("False", await VerifyAsync("geheim-ü", posted with { Body = [.. posted.Body, (byte)' '] }));
        Assert.Equal("False", await VerifyAsync("geheim-ü", posted with { Timestamp = "1" }));
    }

    [Fact]
    public async Task A_secret_file_is_read_for_each_request_and_nothing_goes_unsigned()
    {
        using var folder = new TempFolder();
        var secret = Path.Combine(folder.Path, "secret");
        await File.WriteAllTextAsync(secret, "one\n", Stop);
        using var receiver = Receiver.Start(_ => 200);
        await using var sink = Sink(receiver, o => o with { SecretFile = secret });

        await sink.SendAsync(Some.Entries(1), Stop);
        await File.WriteAllTextAsync(secret, "two\n", Stop);
        await sink.SendAsync(Some.Entries(1), Stop);
        await File.WriteAllTextAsync(secret, "\n", Stop);
        var empty = await sink.SendAsync(Some.Entries(1), Stop);
        File.Delete(secret);
        var gone = await sink.SendAsync(Some.Entries(1), Stop);

        Assert.Equal(2, receiver.Requests.Count);
        Assert.Equal(["one", "two"], receiver.Requests.Select(r => ((string[])["one", "two"]).Single(s => r.Signature == "v1=" + WebhookSink.Sign(s, r.Timestamp!, r.Body))));
        Assert.Equal((DeliveryOutcome.RetryLater, DeliveryOutcome.RetryLater), (empty.Outcome, gone.Outcome));
    }

    [Theory]
    [InlineData(413)]
    [InlineData(400)]
    public async Task A_refused_batch_is_halved_until_the_one_that_is_meant_stands_alone(int code)
    {
        using var receiver = Receiver.Start(posted => posted.Sequences.Contains(6) ? code : 200);
        await using var sink = Sink(receiver);

        var result = await sink.SendAsync(Some.Entries(10), Stop);

        Assert.Equal((5, DeliveryOutcome.Rejected), (result.Accepted, result.Outcome));
        Assert.Contains("event 6", result.Reason, StringComparison.Ordinal);
        Assert.Equal(DeliveryResult.All(4), await sink.SendAsync(Some.Entries(4, from: 7), Stop));
        var taken = receiver.Requests.Where(r => !r.Sequences.Contains(6)).SelectMany(r => r.Sequences).ToList();
        Assert.Equal([1, 2, 3, 4, 5, 7, 8, 9, 10], taken);
    }

    [Fact]
    public async Task What_is_taken_before_a_failure_is_not_sent_again()
    {
        using var receiver = Receiver.Start(posted => posted.Sequences.Contains(5) ? 503 : 200);
        await using var sink = Sink(receiver, o => o with { BatchSize = 2 });

        var result = await sink.SendAsync(Some.Entries(6), Stop);

        Assert.Equal((4, DeliveryOutcome.RetryLater), (result.Accepted, result.Outcome));
    }

    [Fact]
    public async Task Patience_that_the_receiver_asks_for_is_kept_but_not_for_ever()
    {
        string? asks = "30";
        using var receiver = Receiver.Start((_, response) =>
        {
            response.StatusCode = asks is null ? 200 : 429;
            if (asks is not null) response.AddHeader("Retry-After", asks);
            return Task.CompletedTask;
        });
        await using var sink = Sink(receiver);

        await sink.SendAsync(Some.Entries(1), Stop);
        _time.Advance(TimeSpan.FromSeconds(29));
        var early = await sink.SendAsync(Some.Entries(1), Stop);
        Assert.Equal(DeliveryOutcome.RetryLater, early.Outcome);
        Assert.Single(receiver.Requests);
        _time.Advance(TimeSpan.FromSeconds(1));
        asks = _time.GetUtcNow().AddDays(2).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        await sink.SendAsync(Some.Entries(1), Stop);
        Assert.Equal(2, receiver.Requests.Count);
        asks = null;
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(DeliveryResult.All(1), await sink.SendAsync(Some.Entries(1), Stop));
    }

    [Fact]
    public async Task A_receiver_that_hangs_is_left_after_the_timeout()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var receiver = Receiver.Start(async (_, _) =>
        {
            asked.SetResult();
            await release.Task;
        });
        await using var sink = Sink(receiver);

        var sending = sink.SendAsync(Some.Entries(1), Stop).AsTask();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10), Stop);
        _time.Advance(TimeSpan.FromSeconds(10));
        var result = await sending.WaitAsync(TimeSpan.FromSeconds(10), Stop);
        release.SetResult();

        Assert.Equal(DeliveryOutcome.RetryLater, result.Outcome);
        Assert.Contains("within 10 s", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read_to_its_end()
    {
        using var receiver = Receiver.Start(async (_, response) =>
        {
            (response.StatusCode, response.SendChunked) = (500, true);
            var chunk = Encoding.UTF8.GetBytes(new string('x', 4096));
            for (var i = 0; i < 100_000; i++) await response.OutputStream.WriteAsync(chunk, Stop);
        });
        await using var sink = Sink(receiver);

        var result = await sink.SendAsync(Some.Entries(1), Stop).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Stop);

        Assert.Equal(DeliveryOutcome.RetryLater, result.Outcome);
        Assert.InRange(result.Reason!.Length, 200, 400);
    }

    [Fact]
    public async Task Nobody_there_is_tried_again_and_stopping_is_no_failure()
    {
        await using var sink = new WebhookSink(new WebhookOptions { Url = new Uri($"http://127.0.0.1:{Mosquitto.FreePort()}/") }, _time);

        Assert.Equal(DeliveryOutcome.RetryLater, (await sink.SendAsync(Some.Entries(1), Stop)).Outcome);
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sink.SendAsync(Some.Entries(1), stopped.Token).AsTask());
    }

    [Fact]
    public async Task A_stop_is_no_failure_even_when_the_secret_cannot_be_read()
    {
        await using var sink = new WebhookSink(new WebhookOptions { Url = new Uri("https://localhost/"), SecretFile = "/nowhere/secret" }, _time);
        Assert.Equal(DeliveryOutcome.RetryLater, (await sink.SendAsync(Some.Entries(1), Stop)).Outcome);

        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sink.SendAsync(Some.Entries(1), stopped.Token).AsTask());
    }

    private WebhookSink Sink(Receiver receiver, Func<WebhookOptions, WebhookOptions>? with = null)
    {
        var options = new WebhookOptions { Url = receiver.Url };
        return new WebhookSink(with?.Invoke(options) ?? options, _time);
    }

    private static async Task<string> VerifyAsync(string secret, Posted posted)
    {
        var document = await File.ReadAllTextAsync(Repository.PathOf("docs", "events.md"), Stop);
        var begin = document.IndexOf("```python\n", StringComparison.Ordinal) + "```python\n".Length;
        var script = document[begin..document.IndexOf("```", begin, StringComparison.Ordinal)]
            + "\nimport sys\nprint(is_genuine(sys.argv[1], {'EdgeVision-Timestamp': sys.argv[2], 'EdgeVision-Signature': sys.argv[3]}, sys.stdin.buffer.read()))\n";
        using var python = Process.Start(new ProcessStartInfo("python3", ["-c", script, secret, posted.Timestamp!, posted.Signature!]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await python.StandardInput.BaseStream.WriteAsync(posted.Body, Stop);
        python.StandardInput.Close();
        return (await python.StandardOutput.ReadToEndAsync(Stop)).Trim();
    }
}
