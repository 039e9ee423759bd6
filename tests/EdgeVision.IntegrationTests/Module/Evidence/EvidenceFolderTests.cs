using EdgeVision.Configuration;
using EdgeVision.Evidence;
using EdgeVision.IntegrationTests.Mqtt;
using EdgeVision.Module.Evidence;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Module.Evidence;

public sealed class EvidenceFolderTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly TempFolder _data = new();
    private readonly CollectingLog _log = new();
    private readonly EvidenceTelemetry _telemetry = new();
    private EvidenceKeeping _keeping = OptionsReader.Defaults(EvidenceKeeping.Read) with { MinFreeBytes = 0 };

    public void Dispose() => _data.Dispose();

    [Fact]
    public void A_picture_lies_by_camera_and_day_for_this_user_alone_under_a_name_that_nobody_guesses()
    {
        var path = Save("door", new DateTimeOffset(2026, 11, 23, 6, 0, 0, TimeSpan.Zero));

        Assert.Matches("^evidence/door/2026-11-23/door_20261123T060000000Z_[0-9a-f]{32}\\.jpg$", path);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(_data.PathOf(path)));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_data.PathOf(path)));
    }

    [Fact]
    public void What_is_to_be_sent_is_known_in_its_order_after_a_restart_until_it_is_settled()
    {
        var now = _time.GetUtcNow();
        var (second, first, never) = (Save("a", now.AddSeconds(2), isSent: true), Save("z", now.AddSeconds(1), isSent: true), Save("m", now));
        Assert.NotNull(never);

        Assert.Equal([first, second], Folder().Unsent());
        Folder().Settle(first);
        Assert.Equal([second], Folder().Unsent());
        Assert.Null(Folder().Read("evidence/door/nothing.jpg"));
    }

    [Fact]
    public void Who_sends_hears_once_of_what_came_and_of_what_a_former_process_left()
    {
        var folder = Folder();
        Assert.True(folder.TakeNews());
        Assert.NotNull(folder.Save("door", _time.GetUtcNow(), [1], isSent: false, out _));
        Assert.False(folder.TakeNews());
        Assert.NotNull(folder.Save("door", _time.GetUtcNow(), [1], isSent: true, out _));
        Assert.Equal((true, false), (folder.TakeNews(), folder.TakeNews()));
    }

    [Fact]
    public void What_a_killed_process_left_half_written_goes_with_the_next_sweep()
    {
        var path = Save("door", _time.GetUtcNow());
        var (half, note) = (_data.PathOf("evidence/attic/2026-11-22/attic.jpg.tmp"), _data.PathOf("evidence/attic/2026-11-22/attic.jpg.pending.tmp"));
        Directory.CreateDirectory(Path.GetDirectoryName(half)!);
        File.WriteAllBytes(half, [0xff, 0xd8]);
        File.WriteAllBytes(note, []);

        Folder().Sweep();

        Assert.False(File.Exists(half) || File.Exists(note));
        Assert.False(Directory.Exists(_data.PathOf("evidence/attic")) && Directory.Exists(Path.GetDirectoryName(half)));
        Assert.True(File.Exists(_data.PathOf(path)));
    }

    public static TheoryData<string, string> Limits => new()
    {
        { "count", "3" },
        { "bytes", "3" },
        { "age", "3" },
        { "none", "6" },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void The_oldest_go_first_of_whatever_camera_and_their_notes_with_them(string limit, string left)
    {
        var now = _time.GetUtcNow();
        var saved = Enumerable.Range(0, 6).Select(i => Save(i % 2 == 0 ? "z" : "a", now.AddMinutes(i), isSent: true)).ToList();
        for (var i = 0; i < 6; i++) File.SetLastWriteTimeUtc(_data.PathOf(saved[i]), now.AddDays(i - 5).UtcDateTime);
        _keeping = limit switch
        {
            "count" => _keeping with { MaxFiles = 3 },
            "bytes" => _keeping with { MaxBytes = 10 },
            "age" => _keeping with { MaxAge = TimeSpan.FromDays(2.5) },
            _ => _keeping,
        };

        var folder = Folder();
        folder.Sweep();

        Assert.Equal(saved.Skip(6 - int.Parse(left, System.Globalization.CultureInfo.InvariantCulture)), folder.Unsent());
        Assert.Equal(folder.Unsent().Count * 2, Directory.EnumerateFiles(_data.Path, "*", SearchOption.AllDirectories).Count());
        Assert.Equal(limit == "none" ? 0 : 3, _telemetry.Lost);
        Assert.Equal(limit == "none" ? 0 : 1, _log.Lines.Count(l => l.Contains("went before they were sent", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_a_kill_left_behind_goes_and_empty_days_too()
    {
        var path = Save("door", _time.GetUtcNow(), isSent: true);
        File.Delete(_data.PathOf(path));
        Folder().Sweep();
        Assert.Empty(Folder().Unsent());
        for (var i = 0; i < 2; i++) Folder().Sweep(); // first the days, then the cameras
        Assert.Empty(Directory.EnumerateDirectories(_data.PathOf("evidence"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_disk_without_room_keeps_no_picture_and_says_so()
    {
        await using var disk = await SmallDisk.MountAsync(_data.Path, 4);
        _keeping = _keeping with { MinFreeBytes = 5 << 19 };
        Assert.NotNull(Folder().Save("door", _time.GetUtcNow(), new byte[1 << 20], isSent: false, out _));
        Assert.Null(Folder().Save("door", _time.GetUtcNow(), new byte[1 << 20], isSent: false, out var refusal));
        Assert.Contains("Evidence:MinFreeMegabytes", refusal, StringComparison.Ordinal);
        using var blocked = new TempFolder();
        blocked.Write(EvidenceFolder.Name, "in the way"u8);
        Assert.Null(new EvidenceFolder(blocked.Path, () => _keeping with { MinFreeBytes = 0 }, _time, _telemetry, _log).Save("door", _time.GetUtcNow(), [1], isSent: false, out refusal));
        Assert.Contains("check the space on its disk and this user's permission", refusal, StringComparison.Ordinal);
    }

    private EvidenceFolder Folder() => new(_data.Path, () => _keeping, _time, _telemetry, _log);

    private string Save(string camera, DateTimeOffset capturedAt, bool isSent = false)
    {
        var path = Folder().Save(camera, capturedAt, [1, 2, 3], isSent, out var refusal);
        Assert.True(path is not null, refusal);
        return path;
    }
}
