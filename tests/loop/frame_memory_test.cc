#include "loop/frame_memory.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace loop {
namespace {

TEST(FrameMemory, ADroppedFrameIsGivenOutAgainForTheNextOfItsSize) {
  void* const frame = take_frame_memory(136);
  return_frame_memory(frame, 136);
  void* const larger = take_frame_memory(137);  // 136 is the end of a shelf
  EXPECT_NE(larger, frame);
  EXPECT_EQ(take_frame_memory(121), frame);
  return_frame_memory(frame, 121);
  return_frame_memory(larger, 137);
}

TEST(FrameMemory, TheLastOneDroppedIsTheFirstToBeUsedAgain) {
  void* const first = take_frame_memory(200);
  void* const second = take_frame_memory(200);
  return_frame_memory(first, 200);
  return_frame_memory(second, 200);
  EXPECT_EQ(take_frame_memory(200), second);
  EXPECT_EQ(take_frame_memory(200), first);
  return_frame_memory(first, 200);
  return_frame_memory(second, 200);
}

TEST(FrameMemory, FramesOfEverySizeAreWholeAndTheirOwn) {
  struct Frame {
    std::byte* memory;
    size_t size;
  };
  std::vector<Frame> frames;
  for (int round = 0; round < 3; ++round) {
    for (size_t size = 1; size < 1200; size += 5) {
      frames.push_back(
          {static_cast<std::byte*>(take_frame_memory(size)), size});
      std::memset(frames.back().memory, static_cast<int>(size % 251), size);
    }
    for (const Frame& frame : frames) {
      const auto mark = static_cast<std::byte>(frame.size % 251);
      EXPECT_TRUE(std::all_of(frame.memory, frame.memory + frame.size,
                              [mark](std::byte each) { return each == mark; }));
      return_frame_memory(frame.memory, frame.size);
    }
    frames.clear();
  }
}

// I2
TEST(FrameMemory, OnlySoManyAreKept) {
  constexpr size_t kMany = 1000;
  std::vector<void*> frames;
  for (size_t i = 0; i < kMany; ++i) {
    frames.push_back(take_frame_memory(600));
  }
  for (void* frame : frames) {
    return_frame_memory(frame, 600);
  }
  // Thirty-two come back in reverse order; those before them were freed.
  for (size_t i = 0; i < 32; ++i) {
    EXPECT_EQ(take_frame_memory(600), frames[31 - i]);
  }
  for (size_t i = 0; i < 32; ++i) {
    return_frame_memory(frames[i], 600);
  }
}

TEST(FrameMemory, AFrameMayBeDroppedInAnotherThread) {
  void* const frame = take_frame_memory(300);
  std::thread([frame] {
    return_frame_memory(frame, 300);
    EXPECT_EQ(take_frame_memory(300), frame);
    return_frame_memory(frame, 300);
  }).join();
}

}  // namespace
}  // namespace loop
