using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>Throughput mode: several sessions of one thread, shared by the cameras.</summary>
public sealed class SessionPoolTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Who_waits_longest_is_next()
    {
        using var toy = ToyModel.Answering(new float[9]);
        using var pool = Open(toy, sessions: 2);
        using var turns = new Turns(pool, 4);
        var (first, second) = (pool.Take(turns[0]), pool.Take(turns[0]));
        Assert.NotEqual(first, second);

        var order = new List<int>();
        var waiting = new List<Task>();
        for (var i = 0; i < 4; i++)
        {
            var camera = i;
            waiting.Add(Task.Factory.StartNew(() =>
            {
                var session = pool.Take(turns[camera]);
                lock (order) order.Add(camera);
                pool.GiveBack(session);
            }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            Assert.True(SpinWait.SpinUntil(() => pool.Waiting == camera + 1, Patience));
        }

        // One session goes round: each camera gives it to the next.
        pool.GiveBack(first);
        await Task.WhenAll(waiting).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal([0, 1, 2, 3], order);
        pool.GiveBack(second);
        Assert.Equal(0, pool.Waiting);
    }

    [Fact]
    public async Task Cameras_share_sessions_of_one_thread_and_see_the_same()
    {
        using var model = OnnxModel.Open(ModelPackage.Load(Repository.BundledModel), new OnnxOptions(0) { Sessions = 2 }, NullLogger.Instance);
        Assert.Equal((1, 2), (model.Threads, model.Sessions));
        using var alone = model.CreateDetector(TimeProvider.System);
        var expected = await Seen.ByAsync(alone, 64, 48, shade: 200);
        var cameras = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            using var detector = model.CreateDetector(TimeProvider.System);
            for (var i = 0; i < 3; i++)
            {
                var (status, found) = await Seen.ByAsync(detector, 64, 48, shade: 200);
                Assert.Equal(expected.Status, status);
                Assert.Equal(expected.Found, found);
            }
        }));
        await Task.WhenAll(cameras).WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Waiting_for_a_session_allocates_nothing()
    {
        using var toy = ToyModel.Answering([0.9f, -50, 50, -50, 50, 50, -50, 50, -50]);
        using var model = OnnxModel.Open(toy.Load(), new OnnxOptions(1) { Sessions = 2 }, NullLogger.Instance);
        var cameras = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() =>
        {
            using var detector = model.CreateDetector(TimeProvider.System);
            return Allocations.Of(detector, 16, 16, frames: 500);
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        foreach (var allocated in await Task.WhenAll(cameras).WaitAsync(Patience, TestContext.Current.CancellationToken))
        {
            // The lock may make a thread's waiting object, once.
            Assert.InRange(allocated, 0, 500);
        }
    }

    [Fact]
    public void One_session_serves_all_at_once()
    {
        using var toy = ToyModel.Answering(new float[9]);
        using var pool = Open(toy, sessions: 0);
        using var turns = new Turns(pool, 2);
        Assert.Equal((0, 0, 1), (pool.Take(turns[0]), pool.Take(turns[1]), pool.Count));
    }

    private static SessionPool Open(ToyModel toy, int sessions) =>
        new SessionOpener(toy.Load(), new OnnxOptions(1) { Sessions = sessions }, 1, null, NullLogger.Instance).Open();

    private sealed class Turns(SessionPool pool, int count) : IDisposable
    {
        private readonly SessionTurn[] _turns = [.. Enumerable.Range(0, count).Select(_ => pool.CreateTurn())];

        public SessionTurn this[int index] => _turns[index];

        public void Dispose()
        {
            foreach (var turn in _turns) turn.Dispose();
        }
    }
}
