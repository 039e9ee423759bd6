using EdgeVision.Models;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Models;

/// <summary>What a store gives up for room, and what it never does.</summary>
public sealed class ModelStoreRoomTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Longest_unused_models_go_first_and_only_as_many_as_must()
    {
        var store = Store();
        foreach (var version in (string[])["1", "2", "3"]) Add(store, version);
        var collection = store.Collect(store.Bytes() - 1);
        Assert.Equal("toy@1", Assert.Single(collection.Removed).ToString());
        Assert.Equal((store.Bytes(), true), (collection.Bytes, collection.Fits));
        Assert.Equal(["toy@3", "toy@2"], Added(store));
        Assert.Empty(store.Collect(store.Bytes()).Removed);
    }

    [Fact]
    public void What_is_in_use_last_good_on_its_way_or_kept_stays_whatever_the_quota()
    {
        var store = Store();
        foreach (var version in (string[])["1", "2", "3", "4", "5"]) Add(store, version);
        store.Mark(ModelMark.InUse, store.Find("toy@1"));
        store.Mark(ModelMark.LastGood, store.Find("toy@2"));
        store.Mark(ModelMark.Candidate, store.Find("toy@3"));
        var collection = Store().Collect(0, ["toy@4"]);
        Assert.Equal("toy@5", Assert.Single(collection.Removed).ToString());
        Assert.False(collection.Fits);
        Assert.Equal(["toy@4", "toy@3", "toy@2", "toy@1"], Added(store));
    }

    [Fact]
    public void Marks_are_remembered_moved_and_taken_away()
    {
        var store = Store();
        Assert.Null(store.Marked(ModelMark.InUse));
        Add(store, "1");
        Add(store, "2");
        store.Mark(ModelMark.InUse, store.Find("toy@1"));
        store.Mark(ModelMark.LastGood, store.Find("nanodet-g-416"));
        Assert.Equal(("toy@1", "nanodet-g-416@1.0.0"), (Store().Marked(ModelMark.InUse), Store().Marked(ModelMark.LastGood)));
        store.Mark(ModelMark.InUse, store.Find("toy@2"));
        store.Mark(ModelMark.LastGood, null);
        Assert.Equal(("toy@2", null), (Store().Marked(ModelMark.InUse), Store().Marked(ModelMark.LastGood)));
    }

    [Fact]
    public void A_model_that_was_used_again_is_not_the_longest_unused()
    {
        var store = Store();
        Add(store, "1");
        Add(store, "2");
        _time.Advance(TimeSpan.FromHours(1));
        store.Mark(ModelMark.InUse, store.Find("toy@1"));
        store.Mark(ModelMark.InUse, null);
        Assert.Equal("toy@2", Assert.Single(store.Collect(store.Bytes() - 1).Removed).ToString());
    }

    [Fact]
    public void A_marked_model_is_not_removed()
    {
        var store = Store();
        Add(store, "1");
        store.Mark(ModelMark.LastGood, store.Find("toy@1"));
        Assert.Contains("toy@1 is the last good one", Assert.Throws<ModelException>(() => store.Remove(store.Find("toy@1")!)).Message, StringComparison.Ordinal);
        Assert.Equal(["toy@1"], Added(store));
        store.Remove(store.Find("toy@1")!, evenMarked: true);
        Assert.Empty(Added(store));
    }

    [Fact]
    public void Nothing_goes_while_nobody_knows_what_is_in_use()
    {
        var store = Store();
        Add(store, "1");
        File.WriteAllText(_folder.PathOf("models/.marks.json"), "{ broken");
        Assert.Contains("Nothing is removed meanwhile", Assert.Throws<ModelException>(() => store.Collect(0)).Message, StringComparison.Ordinal);
        Assert.Equal(["toy@1"], Added(store));
        store.Mark(ModelMark.InUse, store.Find("toy@1"));
        Assert.Equal("toy@1", store.Marked(ModelMark.InUse));
    }

    [Fact]
    public void A_new_model_makes_room_for_itself()
    {
        var store = Store(maxBytes: 25_000);
        Add(store, "1", 10_000);
        Add(store, "2", 10_000);
        Add(store, "3", 10_000);
        Assert.Equal(["toy@3", "toy@2"], Added(store));
    }

    [Fact]
    public void A_new_model_that_does_not_fit_beside_what_must_stay_is_refused()
    {
        var store = Store(maxBytes: 25_000);
        Add(store, "1", 10_000);
        store.Mark(ModelMark.InUse, store.Find("toy@1"));
        Add(store, "2", 10_000);
        var refusal = Assert.Throws<ModelException>(() => store.Add(SomeModel.Package(_folder, version: "3", padding: 20_000), ["toy@2"])).Message;
        Assert.Contains("Model toy@3 has 2", refusal, StringComparison.Ordinal);
        Assert.Contains("does not fit", refusal, StringComparison.Ordinal);
        Assert.Equal(["toy@2", "toy@1"], Added(store));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_folder.PathOf("models")), static f => f.Contains(".unfinished", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_killed_process_left_goes_and_what_another_copies_stays()
    {
        var store = Store();
        Add(store, "1");
        Directory.CreateDirectory(_folder.PathOf("models/.unfinished-dead"));
        _folder.Write("models/.unfinished-dead/model.onnx", [1]);
        _folder.Write("models/.unfinished-dead.lock", []);
        PackageArchive.Pack(SomeModel.Package(_folder, version: "2"), _folder.PathOf("two.evmodel"), null);
        using var unpacked = store.Unpack(_folder.PathOf("two.evmodel"), TestContext.Current.CancellationToken);
        store.Collect(long.MaxValue);
        Assert.False(Directory.Exists(_folder.PathOf("models/.unfinished-dead")));
        Assert.False(File.Exists(_folder.PathOf("models/.unfinished-dead.lock")));
        Assert.Equal("toy@2", store.Add(ModelPackage.Load(unpacked.Folder)).ToString());
    }

    [Fact]
    public void What_was_unpacked_goes_with_its_owner()
    {
        var store = Store();
        PackageArchive.Pack(SomeModel.Package(_folder), _folder.PathOf("toy.evmodel"), null);
        store.Unpack(_folder.PathOf("toy.evmodel"), TestContext.Current.CancellationToken).Dispose();
        Assert.Throws<ModelException>(() => store.Unpack(_folder.Write("bad.evmodel", [1, 2]), TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.PathOf("models")));
    }

    [Fact]
    public void An_unsigned_model_is_not_added_where_keys_are_set_nor_loaded_once_they_are()
    {
        using var key = SomeModel.Key();
        var strict = Store(trust: SomeModel.TrustIn(key));
        Assert.Contains("is not signed", Assert.Throws<ModelException>(() => strict.Add(SomeModel.Package(_folder))).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_folder.PathOf("models")));

        Store().Add(SomeModel.Package(_folder));
        Assert.Contains("is not signed", Assert.Throws<ModelException>(() => strict.Load(strict.Find("toy")!)).Message, StringComparison.Ordinal);
        Assert.NotNull(strict.Load(strict.Find("nanodet-g-416")!));

        PackageArchive.Pack(SomeModel.Package(_folder, version: "2"), _folder.PathOf("two.evmodel"), key);
        using var unpacked = strict.Unpack(_folder.PathOf("two.evmodel"), TestContext.Current.CancellationToken);
        var added = strict.Add(ModelPackage.Load(unpacked.Folder));
        Assert.True(File.Exists(Path.Combine(added.Folder, "signature.json")));
        Assert.Equal("2", strict.Load(added).Manifest.Version);
    }

    [Fact]
    public void A_stored_model_that_was_changed_is_found_out()
    {
        var store = Store();
        var added = store.Add(SomeModel.Package(_folder));
        Assert.NotNull(store.Load(added));
        File.WriteAllText(Path.Combine(added.Folder, "labels.txt"), "dog\ncat\n");
        Assert.Contains("was changed after it was added", Assert.Throws<ModelException>(() => store.Load(added)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_at_once_leave_whole_models_within_the_quota()
    {
        var packages = Enumerable.Range(0, 24).Select(i => SomeModel.Package(_folder, version: $"{i % 12}", padding: 5_000)).ToList();
        await Task.WhenAll(packages.Select((p, i) => Task.Run(() =>
        {
            var store = Store(maxBytes: 60_000);
            store.Add(p);
            if (i % 5 == 0) store.Collect(40_000);
            foreach (var model in store.List()) Assert.NotEmpty(model.Folder);
        }, TestContext.Current.CancellationToken))).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var end = Store();
        Assert.InRange(end.Bytes(), 1, 60_000);
        foreach (var model in end.List()) Assert.NotNull(end.Load(model));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_folder.PathOf("models")), static f => f.Contains(".unfinished", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Added(ModelStore store) => store.List().Where(static m => !m.IsBundled).Select(static m => m.ToString());

    private void Add(ModelStore store, string version, int padding = 0)
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        store.Add(SomeModel.Package(_folder, version: version, padding: padding));
    }

    private ModelStore Store(long maxBytes = long.MaxValue / 2, PackageTrust? trust = null) =>
        new(Path.Combine(Repository.Root, "models"), _folder.PathOf("models"), new ModelStoreOptions(maxBytes, TimeSpan.FromMinutes(1), trust ?? PackageTrust.Everybody), _time);
}
