using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using EdgeVision.Azure.Hub;
using EdgeVision.Azure.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Azure;

/// <summary>The twin against a hub whose answers are written by hand, with a clock of our own.</summary>
public sealed class ModuleTwinTests
{
    private static readonly HubTopics Topics = new(new HubIdentity("h", "d", "m", null));
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new();
    private readonly Channel<(string Topic, string Body)> _requests = Channel.CreateUnbounded<(string, string)>();
    private readonly ModuleTwin _twin;
    private TaskCompletionSource _ready = new();
    private string? _ended;

    public ModuleTwinTests() => _twin = new ModuleTwin(new HubOptions { Timeout = TimeSpan.FromSeconds(30) }, _time, NullLogger.Instance);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_link_asks_first_and_the_answer_is_what_the_hub_wants()
    {
        await using var link = Serve();
        await AnswerGetAsync("""{"desired":{"Model":"x","$version":7,"$metadata":{}},"reported":{"$version":1}}""");

        var wanted = await NextAsync();

        Assert.Equal((7, """{"Model":"x"}"""), (wanted.Version, wanted.Properties.ToJsonString()));
        await _ready.Task.WaitAsync(Patience, Stop);
    }

    [Fact]
    public async Task Patches_merge_in_order_and_only_the_newest_waits()
    {
        await using var link = Serve();
        await AnswerGetAsync("""{"desired":{"Cameras":{"a":{"Uri":"1"}},"$version":1},"reported":{}}""");
        await NextAsync();

        Patch("""{"Cameras":{"b":{"Uri":"2"}},"$version":2}""", 2);
        Patch("""{"Cameras":{"a":null},"$version":3}""", 3);

        var wanted = await NextAsync();
        Assert.Equal((3, """{"Cameras":{"b":{"Uri":"2"}}}"""), (wanted.Version, wanted.Properties.ToJsonString()));
    }

    public static TheoryData<string, string, long?> Unsafe => new()
    {
        { "a version is missing", """{"Model":"y","$version":5}""", 5 },
        { "no version", """{"Model":"y"}""", null },
        { "no JSON", "{", 4 },
        { "a list", "[]", 4 },
    };

    [Theory]
    [MemberData(nameof(Unsafe))]
    public async Task After_a_patch_that_cannot_be_trusted_it_asks_again(string row, string patch, long? version)
    {
        Assert.NotEmpty(row);
        await using var link = Serve();
        await AnswerGetAsync("""{"desired":{"Model":"x","$version":3},"reported":{}}""");
        await NextAsync();

        Patch(patch, version);
        await AnswerGetAsync("""{"desired":{"Model":"z","$version":6},"reported":{}}""");

        Assert.Equal("""{"Model":"z"}""", (await NextAsync()).Properties.ToJsonString());
    }

    [Fact]
    public async Task An_old_patch_changes_nothing()
    {
        await using var link = Serve();
        await AnswerGetAsync("""{"desired":{"Model":"x","$version":3},"reported":{}}""");
        await NextAsync();

        Patch("""{"Model":"old","$version":3}""", 3);
        Patch("""{"Model":"new","$version":4}""", 4);

        Assert.Equal((4, """{"Model":"new"}"""), Said(await NextAsync()));
    }

    [Fact]
    public async Task The_next_link_with_nothing_new_brings_nothing_and_one_with_something_new_brings_it()
    {
        await using (Serve())
        {
            await AnswerGetAsync("""{"desired":{"Model":"x","$version":3},"reported":{}}""");
            await NextAsync();
        }

        await using (Serve())
        {
            await AnswerGetAsync("""{"desired":{"Model":"x","$version":3},"reported":{}}""");
            await _ready.Task.WaitAsync(Patience, Stop);
        }

        await using var third = Serve();
        await AnswerGetAsync("""{"desired":{"Model":"y","$version":4},"reported":{}}""");

        Assert.Equal((4, """{"Model":"y"}"""), Said(await NextAsync()));
    }

    [Fact]
    public async Task A_patch_that_overtakes_the_answer_to_a_question_is_not_undone_by_it()
    {
        await using (Serve())
        {
            await AnswerGetAsync("""{"desired":{"Model":"x","$version":5},"reported":{}}""");
            await NextAsync();
        }

        await using var link = Serve();
        var (topic, _) = await RequestAsync();
        Patch("""{"Model":"y","$version":6}""", 6);
        // Made before the patch, here after it.
        Answer(200, topic, """{"desired":{"Model":"x","$version":5},"reported":{}}""");
        await AnswerGetAsync("""{"desired":{"Model":"y","$version":6},"reported":{}}""");

        Assert.Equal((6, """{"Model":"y"}"""), Said(await NextAsync()));
    }

    [Fact]
    public async Task A_report_holds_differences_only_and_waits_for_its_turn()
    {
        await using var link = Serve();
        await AnswerGetAsync("""{"desired":{"$version":1},"reported":{"old":1,"status":{"state":"ok"},"$version":4}}""");

        _twin.Report(Parse("""{"status":{"state":"ok","cameras":2}}"""));
        var (topic, body) = await RequestAsync();
        Assert.Equal("""{"old":null,"status":{"cameras":2}}""", body);
        Answer(204, topic, "");

        // Meanwhile it changes twice: one report, and not before its time.
        _twin.Report(Parse("""{"status":{"state":"degraded","cameras":2}}"""));
        _twin.Report(Parse("""{"status":{"state":"ok","cameras":3}}"""));
        await WaitForTimerAsync();
        Assert.False(_requests.Reader.TryPeek(out _));
        _time.Advance(TimeSpan.FromSeconds(2));
        (topic, body) = await RequestAsync();
        Assert.Equal("""{"status":{"cameras":3}}""", body);
        Answer(204, topic, "");
    }

    [Fact]
    public async Task A_report_that_the_hub_calls_wrong_is_not_repeated_until_something_else_is_to_be_said()
    {
        await using var link = Serve();
        await AnswerGetAsync("""{"desired":{"$version":1},"reported":{}}""");
        _twin.Report(Parse("""{"a":1}"""));
        Answer(400, (await RequestAsync()).Topic, "");
        await WaitForTimerAsync();
        _time.Advance(TimeSpan.FromSeconds(30));
        _twin.Report(Parse("""{"a":1}"""));
        _twin.Report(Parse("""{"a":2}"""));

        Assert.Equal("""{"a":2}""", (await RequestAsync()).Body);
    }

    [Fact]
    public async Task What_is_to_be_said_since_a_report_went_out_is_not_what_the_hub_called_wrong()
    {
        await using var link = Serve();
        await AnswerGetAsync("""{"desired":{"$version":1},"reported":{}}""");
        _twin.Report(Parse("""{"a":1}"""));
        var (topic, _) = await RequestAsync();
        _twin.Report(Parse("""{"a":2}"""));
        Answer(400, topic, "");
        await WaitForTimerAsync();
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("""{"a":2}""", (await RequestAsync()).Body);
    }

    [Fact]
    public async Task A_throttled_report_is_repeated_later()
    {
        await using var link = Serve();
        await AnswerGetAsync("""{"desired":{"$version":1},"reported":{}}""");
        _twin.Report(Parse("""{"a":1}"""));
        Answer(429, (await RequestAsync()).Topic, "");
        await WaitForTimerAsync();
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("""{"a":1}""", (await RequestAsync()).Body);
    }

    [Fact]
    public async Task A_hub_that_answers_no_question_loses_its_link()
    {
        await using var link = Serve();
        for (var i = 0; i < 3; i++)
        {
            await RequestAsync();
            await WaitForTimerAsync();
            _time.Advance(TimeSpan.FromSeconds(30));
        }

        await link.EndedAsync();
        Assert.Contains("answered none of 3 questions", _ended, StringComparison.Ordinal);
        Assert.False(_ready.Task.IsCompleted);
    }

    private Serving Serve()
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var ready = _ready = new TaskCompletionSource();
        return new Serving(stop, _twin.ServeAsync(
            (topic, body) =>
            {
                _requests.Writer.TryWrite((topic, Encoding.UTF8.GetString(body.Span)));
                return Task.FromResult<string?>(null);
            },
            () => ready.TrySetResult(), reason => _ended = reason, stop.Token));
    }

    private async Task AnswerGetAsync(string body)
    {
        var (topic, _) = await RequestAsync();
        Assert.StartsWith("$iothub/twin/GET/", topic, StringComparison.Ordinal);
        Answer(200, topic, body);
    }

    private void Answer(int status, string request, string body)
    {
        var rid = request[request.IndexOf("$rid=", StringComparison.Ordinal)..];
        _twin.Answer((HubArrival.TwinAnswer)Topics.Read($"$iothub/twin/res/{status}/?{rid}")!, Encoding.UTF8.GetBytes(body));
    }

    private void Patch(string body, long? version) => _twin.Patch(new HubArrival.DesiredPatch(version), Encoding.UTF8.GetBytes(body));

    private async Task<(string Topic, string Body)> RequestAsync() => await _requests.Reader.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop);

    private async Task<DesiredProperties> NextAsync() => await _twin.NextAsync(Stop).AsTask().WaitAsync(Patience, Stop);

    /// <summary>The twin has come to its next wait; without a signal of its own it can only be asked.</summary>
    private static async Task WaitForTimerAsync()
    {
        for (var i = 0; i < 50; i++) await Task.Yield();
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Stop);
    }

    private static (long, string) Said(DesiredProperties wanted) => (wanted.Version, wanted.Properties.ToJsonString());

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private sealed class Serving(CancellationTokenSource stop, Task work) : IAsyncDisposable
    {
        public Task EndedAsync() => work.WaitAsync(Patience, Stop);

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            try
            {
                await work;
            }
            catch (OperationCanceledException)
            {
                // As asked.
            }

            stop.Dispose();
        }
    }
}
