"""All that is held on one person as a file (Arts. 15(3), 20 GDPR), for them and the business."""
